using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Committing;

public sealed class CommitArgumentTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    public static TheoryData<string, string[]> Malformed => new()
    {
        { "entry twice", ["1", "3", "@0", "@0", "@1", "0", "0", "0"] },
        { "entry twice in two spellings", ["1", "3", "@0", "0@0", "@1", "0", "0", "0"] },
        { "entries out of order", ["1", "3", "@1", "@0", "@2", "0", "0", "0"] },
        { "no entries", ["1", "0", "0", "0", "0"] },
        { "entry count is a word", ["1", "x", "@0", "0", "0", "0"] },
        { "entry count beyond the arguments", ["1", "9", "@0", "@1", "@2", "0", "0", "0"] },
        { "entry count is negative", ["1", "-1", "0", "0", "0"] },
        { "entry count is a fraction", ["1", "1.5", "@0", "@1", "0", "0", "0"] },
        { "dead entry of another batch", ["1", "1", "@0", "1", "@1", "bad", "0", "0"] },
        { "dead entry count is a word", ["1", "1", "@0", "x", "0", "0"] },
        { "dead event without its fields", ["1", "1", "@0", "0", "1", "@0", "0", "bad", "2", "name", "0"] },
        { "dead event count is a word", ["1", "1", "@0", "0", "x", "0"] },
        { "section count is a word", ["1", "1", "@0", "0", "0", "x"] },
        { "section of no key", ["1", "1", "@0", "0", "0", "1", "9", "total", "10", "0", "", "0", "1", "+", "total", "_count", "1", "", "1"] },
        { "section without its rows", ["1", "1", "@0", "0", "0", "1", "5", "total", "10", "0", "", "0", "1", "+", "total", "_count", "5", "", "1"] },
        { "section without columns", ["1", "1", "@0", "0", "0", "1", "5", "total", "10", "0", "", "0", "0", "1", ""] },
        { "section column count is a word", ["1", "1", "@0", "0", "0", "1", "5", "total", "10", "0", "", "0", "x", "+", "total", "_count", "1", "", "1"] },
        { "section budget is a word", ["1", "1", "@0", "0", "0", "1", "5", "total", "x", "0", "", "0", "1", "+", "total", "_count", "1", "", "1"] },
        { "section expiry is a word", ["1", "1", "@0", "0", "0", "1", "5", "total", "10", "x", "", "0", "1", "+", "total", "_count", "1", "", "1"] },
        { "section sibling of no key", ["1", "1", "@0", "0", "0", "1", "5", "total", "10", "0", "", "1", "7", "1", "+", "total", "_count", "1", "", "1"] },
        { "one argument too many", ["1", "1", "@0", "0", "0", "0", "extra"] },
        { "one argument too few", ["1", "1", "@0", "0", "0"] },
        { "event count is a word", ["x", "1", "@0", "0", "0", "0"] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_arguments_are_refused_by_name_and_nothing_is_written(string what, string[] arguments)
    {
        var rig = await fixture.NewStreamAsync();
        var ids = await rig.AddClicksAsync(3);
        await rig.Consumer("a").ReadAsync(10);
        var before = await rig.DumpAsync();
        string[] spelled = [.. arguments.Select(argument => argument.Replace("@0", ids[0]).Replace("@1", ids[1]).Replace("@2", ids[2]))];
        string[] call =
        [
            "FCALL", "sg_commit_v1", "5", rig.Keys.Stream, rig.Keys.Meta, rig.Keys.Dead, rig.Keys.Buckets, rig.Keys.Aggregates,
            StreamRig.Group, "a", "2026-01-02T03:04:05.678Z", "0", spelled[0], "0", "0", "100", "0", .. spelled[1..],
        ];
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => rig.RunAsync(call));
        Assert.True(error.Code == "SGARGS", $"{what}: {error.Message}");
        Assert.Equal(before, await rig.DumpAsync());
    }

    [Fact]
    public async Task Commit_without_any_arguments_is_refused_by_name()
    {
        var rig = await fixture.NewStreamAsync();
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => rig.RunAsync("FCALL", "sg_commit_v1", "5", rig.Keys.Stream, rig.Keys.Meta, rig.Keys.Dead, rig.Keys.Buckets, rig.Keys.Aggregates));
        Assert.Equal("SGARGS", error.Code);
    }
}
