using Xunit.Abstractions;

namespace Streamgauge.Tests.System;

/// <summary>Clients that follow views end with what everybody else is told, however often their connection broke.</summary>
public class LiveViewTests(ITestOutputHelper output)
{
    private const string SeedVariable = "STREAMGAUGE_LIVE_SEED";

    [Fact]
    public async Task Clients_whose_connections_break_end_with_exactly_the_plain_answer_after_kills_redeliveries_and_a_rebuild()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        await using var drill = await OracleDrill.StartAsync(random);
        string[] questions =
        [
            "sales?from=-10m&step=10s", // slides every ten seconds
            "sales?from=-3d&step=1h&tz=Asia%2FKolkata&group=country&measures=count,quantiles(value),unique(user_id)",
            "clicks?from=-30m&step=1m&window=10m",
            "kinds?from=-2d&step=6h&group=event_type", // declared anew in the middle
            "sales?from=-1h&step=1m&top=3&order=sum(value)",
            "tight?step=all", // more groups than its budget
            "products",
        ];
        var clients = questions.Select(question => new LiveClient(drill.Api, question, new Random(random.Next()))).ToList();
        try
        {
            foreach (var client in clients) client.Start();
            await drill.RunAsync();
            foreach (var client in clients) await client.WaitUntilEqualAsync();
            for (var i = 0; i < clients.Count; i++) output.WriteLine($"{questions[i]}: {clients[i].Seen}");
            Assert.All(clients, client => Assert.True(client.Seen.Breaks > 2, $"only {client.Seen}: this proves nothing"));
            Assert.True(clients.Sum(client => client.Seen.Resumed) > 10, "hardly a client was resumed: this proves nothing");
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }
}
