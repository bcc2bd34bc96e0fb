using System.Text.RegularExpressions;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests;

public sealed partial class PermissionTests(DiagnosisRig rig) : IClassFixture<DiagnosisRig>
{
    [Fact]
    public async Task A_user_that_may_do_nothing_gets_a_whole_diagnosis_and_each_command_grants_what_was_missing()
    {
        var stream = await rig.NewStreamAsync();
        await stream.RunAsync("ACL", "SETUSER", "nobody", "reset", "on", ">pw");
        var endpoint = rig.Server.TcpEndpoint with { User = "nobody", Password = "pw" };
        var unknown = await DiagnosisRig.DiagnoseAsync(endpoint, stream);
        Assert.Equal(Diagnosis.OfServer.Count + Diagnosis.OfStream.Count, unknown.Count);
        Assert.All(unknown.Where(finding => finding.Check != "security.encryption"), finding => Assert.True(finding.Status == FindingStatus.Unknown, finding.ToString()));
        Assert.All(unknown, finding => Assert.DoesNotContain("pw", finding.Repair ?? "", StringComparison.Ordinal));

        // Each round grants what the last one missed, as its commands say, until nothing is unknown.
        for (var round = 0; round < 12 && unknown.Any(finding => finding.Status != FindingStatus.Ok); round++)
        {
            foreach (var repair in unknown.Where(finding => finding.Status != FindingStatus.Ok).Select(finding => finding.Repair).Distinct(StringComparer.Ordinal)) await DiagnosisRig.PasteAsync(repair!);
            unknown = await DiagnosisRig.DiagnoseAsync(endpoint, stream);
        }

        Assert.All(unknown, finding => Assert.True(finding.Status == FindingStatus.Ok, finding.ToString()));
    }

    [Fact]
    public async Task What_is_granted_to_each_role_is_what_it_needs()
    {
        var stream = await rig.NewStreamAsync();
        foreach (var role in new[] { "sender", "processor", "api" }) await GrantAsync(stream, role);

        await using var sender = await LoginAsync("sender");
        await FunctionLibrary.EnsureLoadedAsync(sender, CancellationToken.None);
        Assert.Equal("OK", (await sender.ExecuteAsync(["FCALL", "sg_append_v1", "2", stream.Keys.Stream, stream.Keys.Producers, "p", "1", "1", "1", "1", "event_type", "view"]))[0].AsText());

        await using var processor = await LoginAsync("processor");
        var counting = new StreamRig(processor, stream.Keys.Stream, TimeSpan.FromHours(24), 1_000);
        await ServerRequirements.CheckAsync(processor, CancellationToken.None);
        await counting.JoinAsync();
        await counting.AddAsync("product", "no type: a dead letter");
        await counting.Consumer("c").ReadAsync(1);
        await counting.Consumer("d").RecoverAsync(TimeSpan.Zero);
        await counting.Consumer("d").DrainAsync();
        await counting.StreamGroup.TendAsync(processor, new TendOptions(), CancellationToken.None);
        await counting.StreamGroup.LeaveAsync(processor, "c", CancellationToken.None);

        await using var api = await LoginAsync("api");
        await ServerRequirements.CheckAsync(api, CancellationToken.None);
        var snapshot = await new AggregatesReader(stream.Keys, StreamRig.Group).ReadAsync(api, CancellationToken.None);
        Assert.True(snapshot.TotalCount >= 2, $"only {snapshot.TotalCount} counted");
        Assert.Empty((await StoredCatalog.ReadAsync(api, stream.Keys, CancellationToken.None)).Views);
        await Assert.ThrowsAsync<RedisReplyException>(() => api.ExecuteAsync(["HSET", stream.Keys.Meta, "floor", "0-0"]));
    }

    [Fact]
    public void A_processor_is_granted_every_command_the_library_calls()
    {
        var granted = RolePermissions.Processor(new StreamKeys("s")).Concat(RolePermissions.Sender(new StreamKeys("s"))).Select(command => command[0]).ToHashSet(StringComparer.Ordinal);
        var called = Called().Matches(FunctionLibrary.Source).Select(match => match.Groups["command"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(called.Count > 20, "the pattern of this test no longer fits the library");
        Assert.Empty(called.Except(granted).Except(["XDEL"])); // XDEL is for whoever retries and drops dead letters
    }

    [Theory]
    [InlineData("sender", "CONFIG|GET", "WAIT")] // for levels of durability
    [InlineData("processor", "FUNCTION|LOAD")]
    [InlineData("api")]
    public void Users_file_grants_each_role_what_the_doctor_asks_for_and_nothing_else(string role, params string[] further)
    {
        var keys = new StreamKeys("s");
        var asked = role switch { "sender" => RolePermissions.Sender(keys), "processor" => RolePermissions.Processor(keys), _ => RolePermissions.Api(keys) };
        var wanted = asked.Select(command => command[0] is "XINFO" or "XGROUP" or "MEMORY" ? $"{command[0]}|{command[1]}" : command[0])
            .Concat(further).Concat(["HELLO", "AUTH", "CLIENT|SETNAME"]);
        var line = File.ReadLines(Path.Combine(RepositoryRoot.Find(), "deploy", "redis", "users.acl")).Single(line => line.StartsWith($"user {role} ", StringComparison.Ordinal));
        var granted = line.Split(' ').Where(rule => rule.StartsWith('+')).Select(rule => rule[1..].ToUpperInvariant());
        Assert.Equal(wanted.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), granted.Order(StringComparer.Ordinal));
    }

    private async Task GrantAsync(StreamRig stream, string role)
    {
        await stream.RunAsync("ACL", "SETUSER", role, "reset", "on", ">pw", "+acl|dryrun", "+hello", "+info");
        for (var round = 0; round < 3; round++)
        {
            var finding = DiagnosisTests.Of(await DiagnosisRig.DiagnoseAsync(rig.Server.TcpEndpoint with { User = role, Password = "pw" }, stream), "permissions." + role);
            if (finding.Status == FindingStatus.Ok) return;
            Assert.Equal(FindingStatus.Warn, finding.Status);
            await DiagnosisRig.PasteAsync(finding.Repair!);
        }

        Assert.Fail($"what {role} lacks was granted, and it still lacks something");
    }

    private Task<RespConnection> LoginAsync(string user) => RespConnection.ConnectAsync(rig.Server.TcpEndpoint with { User = user, Password = "pw" }, new RedisOptions(), CancellationToken.None);

    [GeneratedRegex(@"redis\.p?call\('(?<command>[A-Z]+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Called();
}
