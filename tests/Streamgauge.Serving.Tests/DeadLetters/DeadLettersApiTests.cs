using System.Net;
using System.Text.Json;
using Streamgauge.Streams;

namespace Streamgauge.Serving.Tests.DeadLetters;

public sealed class DeadLettersApiTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Path = "/v1/dead-letters";
    private static readonly string Dead = new StreamKeys(Counting.Stream).Dead;

    [Fact]
    public async Task Letters_are_told_by_reason_and_listed_newest_first()
    {
        await using var host = await StartAsync(Letter(1_000, "unreadable"), Letter(2_000, "missing"), Letter(3_000, "missing", retried: 2));

        var all = await host.GetJsonAsync(Path);
        var one = await host.GetJsonAsync(Path + "?reason=missing&limit=1");

        Assert.Equal((3, 3), (all.GetProperty("stored").GetInt32(), all.GetProperty("looked_at").GetInt32()));
        Assert.Equal(
            """[{"reason":"missing","count":2,"retried":1,"oldest":"1970-01-01T00:00:02.000Z","newest":"1970-01-01T00:00:03.000Z"},{"reason":"unreadable","count":1,"retried":0,"oldest":"1970-01-01T00:00:01.000Z","newest":"1970-01-01T00:00:01.000Z"}]""",
            all.GetProperty("reasons").GetRawText());
        Assert.Equal(["3000-0", "2000-0", "1000-0"], Ids(all));
        Assert.Equal(["3000-0"], Ids(one));
        Assert.Equal(2, one.GetProperty("reasons").GetArrayLength());
        Assert.Equal("""[["name","value"]]""", one.GetProperty("items")[0].GetProperty("fields").GetRawText());
        Assert.True(one.GetProperty("items")[0].GetProperty("complete").GetBoolean());
        Assert.Empty(Ids(await host.GetJsonAsync(Path + "?limit=0")));
    }

    [Fact]
    public async Task Of_very_many_the_newest_thousand_are_looked_at()
    {
        await using var host = await StartAsync([.. Enumerable.Range(1, 1_120).Select(i => Letter(i, i <= 120 ? "old" : "new"))]);

        var answer = await host.GetJsonAsync(Path + "?limit=100");

        Assert.Equal((1_120, DeadLettersApi.LookedAtMax), (answer.GetProperty("stored").GetInt32(), answer.GetProperty("looked_at").GetInt32()));
        Assert.Equal("new", Assert.Single(answer.GetProperty("reasons").EnumerateArray()).GetProperty("reason").GetString());
        Assert.Equal(Enumerable.Range(1_021, 100).Reverse().Select(ms => $"{ms}-0"), Ids(answer));
    }

    [Fact]
    public async Task Fields_are_cut_and_bytes_that_are_no_text_replaced()
    {
        await using var host = await StartAsync(Letter(1, "x", value: new string('a', 300)));

        var item = (await host.GetJsonAsync(Path)).GetProperty("items")[0];

        Assert.Equal(new string('a', 256) + "…", item.GetProperty("fields")[0][1].GetString());
        Assert.False(item.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task Large_letters_come_without_their_fields_once_the_answer_has_read_enough()
    {
        var large = new string('a', 1_500_000);
        await using var host = await StartAsync(Letter(1, "x"), Letter(2, "x", value: large), Letter(3, "x", value: large), Letter(4, "x", value: large));

        var items = (await host.GetJsonAsync(Path)).GetProperty("items").EnumerateArray().ToArray();

        Assert.Equal([1, 1, 0, 1], items.Select(item => item.GetProperty("fields").GetArrayLength())); // 3 MB, no room for the third, but for the small one
        Assert.Equal([false, false, false, true], items.Select(item => item.GetProperty("complete").GetBoolean()));
        Assert.All(items[..3], item => Assert.True(item.GetProperty("bytes").GetInt64() > 1_500_000));
    }

    [Fact]
    public async Task Without_letters_the_answer_is_empty_and_wrong_questions_are_refused()
    {
        await using var host = await StartAsync();
        var answer = await host.GetJsonAsync(Path);
        Assert.Equal((0, 0, 0), (answer.GetProperty("stored").GetInt32(), answer.GetProperty("looked_at").GetInt32(), answer.GetProperty("items").GetArrayLength()));
        await host.GetJsonAsync(Path + "?limit=101", HttpStatusCode.BadRequest);
        await host.GetJsonAsync(Path + "?limit=-1", HttpStatusCode.BadRequest);
        await host.GetJsonAsync(Path + "?x=1", HttpStatusCode.BadRequest);
    }

    private async Task<ServingHost> StartAsync(params string[][] letters)
    {
        var redis = await fixture.SeedAsync(letters);
        await using (await Counting.StartAsync(redis)) return await ServingHost.StartReadyAsync(redis.Endpoint);
    }

    private static string[] Letter(int ms, string reason, int retried = 0, string value = "value") =>
        ["XADD", Dead, $"{ms}-0", "origin", "5-1", "index", "-1", "reason", reason, "group", "g", "consumer", "c", "deliveries", "1", "retried", $"{retried}", "f:name", value];

    private static IEnumerable<string> Ids(JsonElement answer) => answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!);
}
