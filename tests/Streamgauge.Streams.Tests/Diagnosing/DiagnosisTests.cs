using System.Text.RegularExpressions;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests;

public sealed partial class DiagnosisTests(DiagnosisRig rig) : IClassFixture<DiagnosisRig>
{
    [Fact]
    public async Task A_sound_server_and_stream_give_nothing_but_ok_and_one_finding_a_check()
    {
        var findings = await rig.DiagnoseAsync(await rig.NewStreamAsync());
        Assert.DoesNotContain(findings, finding => finding.Status != FindingStatus.Ok || finding.Why is not null || finding.Repair is not null);
        Assert.Equal(Diagnosis.OfServer.Concat(Diagnosis.OfStream).Select(check => check.Id), findings.Select(finding => finding.Check));
    }

    [Fact]
    public async Task Every_check_is_a_row_of_the_document_and_every_row_a_check()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "docs/doctor.md"));
        var rows = Row().Matches(document).Select(match => match.Groups["check"].Value).Where(check => !check.StartsWith("role.", StringComparison.Ordinal)).ToList();
        var checks = Diagnosis.OfServer.Concat(Diagnosis.OfStream).Select(check => check.Id);
        Assert.Equal(checks.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Looking_writes_nothing_and_asks_nothing_that_grows_with_the_data()
    {
        var stream = await rig.NewStreamAsync();
        var before = await stream.DumpAsync();
        await stream.RunAsync("CONFIG", "RESETSTAT");
        await rig.DiagnoseAsync(stream);
        var asked = (await stream.RunAsync("INFO", "commandstats")).AsText();
        foreach (var command in new[] { "keys", "scan", "hgetall", "zscan", "sscan", "hscan", "monitor", "fcall", "function|load", "eval", "debug", "set", "config|set" })
            Assert.DoesNotContain($"cmdstat_{command}:", asked, StringComparison.Ordinal);
        Assert.Equal(before, await stream.DumpAsync());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_finding()
    {
        await using var nobody = RedisServer.NotStarted();
        var finding = Assert.Single(await DiagnosisRig.DiagnoseAsync(nobody.Endpoint, await rig.NewStreamAsync()));
        Assert.Equal(("server.reachable", FindingStatus.Fail), (finding.Check, finding.Status));
    }

    [Fact]
    public async Task A_library_that_is_missing_or_old_is_named_with_the_verb_that_loads_it()
    {
        var stream = await rig.NewStreamAsync();
        await stream.RunAsync("FUNCTION", "LOAD", "REPLACE", FunctionLibrary.Source.Replace($"local REVISION = {FunctionLibrary.Revision}", "local REVISION = 1", StringComparison.Ordinal));
        var old = Of(await rig.DiagnoseAsync(stream), "library.revision");
        Assert.Equal(FindingStatus.Warn, old.Status);
        Assert.Contains("revision 1,", old.Seen, StringComparison.Ordinal);

        await stream.RunAsync("FUNCTION", "DELETE", FunctionLibrary.Name);
        var findings = await rig.DiagnoseAsync(stream);
        var missing = Of(findings, "library.revision");
        Assert.Equal((FindingStatus.Fail, $"./streamgauge status --redis {rig.Server.TcpEndpoint} --stream {stream.Keys.Stream} --group g"), (missing.Status, missing.Repair));
        Assert.Equal(FindingStatus.Unknown, Of(findings, "group.lag").Status); // needs the library
        Assert.Equal(FindingStatus.Ok, Of(findings, "group.exists").Status); // goes on all the same

        await FunctionLibrary.EnsureLoadedAsync(rig.Redis, CancellationToken.None);
        Assert.Equal(FindingStatus.Ok, Of(await rig.DiagnoseAsync(stream), "library.revision").Status);
    }

    [Fact]
    public async Task Dead_consumers_old_pending_entries_and_lag_are_told_apart()
    {
        var stream = await rig.NewStreamAsync();
        DiagnosisOptions Hasty(DiagnosisOptions options) => new() { Redis = options.Redis, Keys = options.Keys, Group = options.Group, ClaimAfter = TimeSpan.FromMilliseconds(50) };
        await stream.AddClicksAsync(3);
        await stream.Consumer("gone").ReadAsync(3);
        await Eventually.Async(async () => Of(await rig.DiagnoseAsync(stream, Hasty), "group.consumers").Status == FindingStatus.Fail, "the consumer that holds entries is found dead");
        var findings = await rig.DiagnoseAsync(stream, Hasty);
        Assert.Contains("dead with 3 entries pending (longest silent: gone", Of(findings, "group.consumers").Seen, StringComparison.Ordinal);
        Assert.StartsWith("./streamgauge process --redis", Of(findings, "group.consumers").Repair, StringComparison.Ordinal);
        Assert.Equal(FindingStatus.Warn, Of(findings, "group.pending").Status);

        // With entries of long ago, the same measured by age.
        var old = new StreamRig(rig.Redis, stream.Keys.Stream + "old", TimeSpan.FromHours(24), 1_000);
        await old.JoinAsync();
        await old.RunAsync("XADD", old.Keys.Stream, "1000-1", "event_type", "view");
        Assert.Equal((FindingStatus.Fail, FindingStatus.Ok, FindingStatus.Fail), Statuses(await rig.DiagnoseAsync(old)));
        await old.Consumer("slow").ReadAsync(1);
        Assert.Equal((FindingStatus.Fail, FindingStatus.Fail, FindingStatus.Ok), Statuses(await rig.DiagnoseAsync(old)));

        static (FindingStatus Lag, FindingStatus Pending, FindingStatus Consumers) Statuses(IReadOnlyList<Finding> findings) =>
            (Of(findings, "group.lag").Status, Of(findings, "group.pending").Status, Of(findings, "group.consumers").Status);
    }

    [Fact]
    public async Task Trimming_by_somebody_else_is_found_before_and_after_it_reaches_the_books()
    {
        var stream = await rig.NewStreamAsync();
        await stream.AddClicksAsync(4);
        await stream.RunAsync("XTRIM", stream.Keys.Stream, "MAXLEN", "1");
        var undelivered = Of(await rig.DiagnoseAsync(stream), "stream.trimming");
        Assert.Equal((FindingStatus.Fail, "3 entries were trimmed before they were delivered"), (undelivered.Status, undelivered.Seen));

        await stream.Consumer("c").ReadAsync(1);
        await stream.RunAsync("XTRIM", stream.Keys.Stream, "MAXLEN", "0");
        Assert.Contains("while pending", Of(await rig.DiagnoseAsync(stream), "stream.trimming").Seen, StringComparison.Ordinal);

        await stream.Consumer("c").RecoverAsync();
        var findings = await rig.DiagnoseAsync(stream);
        Assert.Equal(FindingStatus.Warn, Of(findings, "books.lost").Status);
        Assert.Equal(FindingStatus.Ok, Of(findings, "stream.trimming").Status);
    }

    [Fact]
    public async Task Dead_letters_residue_and_a_large_stream_are_warned_of()
    {
        var stream = await rig.NewStreamAsync();
        await stream.AddAsync("product", "laptop");
        await stream.RunAsync("HSET", stream.Keys.Aggregates, "type:click:count", "text");
        await stream.AddClicksAsync(1);
        await stream.Consumer("c").DrainAsync();
        var findings = await rig.DiagnoseAsync(stream, options => new() { Redis = options.Redis, Keys = options.Keys, Group = options.Group, Tend = new TendOptions { RetainBytesMax = 100 } });
        Assert.Equal((FindingStatus.Warn, "1, 1 in the last hour, mostly missing_event_type"), (Of(findings, "books.dead_letters").Status, Of(findings, "books.dead_letters").Seen));
        Assert.Equal(FindingStatus.Warn, Of(findings, "books.residue").Status);
        Assert.Equal(FindingStatus.Warn, Of(findings, "stream.size").Status);
    }

    [Fact]
    public async Task A_spoilt_catalog_and_a_rebuild_that_stands_still_are_found()
    {
        var stream = await rig.NewStreamAsync();
        await stream.RunAsync("SET", stream.Keys.Views, "no catalog");
        await stream.RunAsync("HSET", stream.Keys.Meta, "views_version", "7", "rebuild_touched_ms", "1");
        var findings = await rig.DiagnoseAsync(stream);
        Assert.Equal(FindingStatus.Fail, Of(findings, "views.catalog").Status);
        Assert.Equal(FindingStatus.Warn, Of(findings, "views.rebuild").Status);
    }

    [Fact]
    public async Task A_foreign_group_that_keeps_up_is_nobodys_business()
    {
        var stream = await rig.NewStreamAsync();
        await stream.RunAsync("XGROUP", "CREATE", stream.Keys.Stream, "archive", "$");
        Assert.Equal("1, none holds back trimming", Of(await rig.DiagnoseAsync(stream), "stream.foreign_groups").Seen);
    }

    [Theory]
    [InlineData(0, FindingStatus.Ok)]
    [InlineData(-20, FindingStatus.Warn)]
    [InlineData(600, FindingStatus.Fail)]
    public async Task A_clock_that_differs_is_found(int seconds, FindingStatus status)
    {
        var stream = await rig.NewStreamAsync();
        var time = new ShiftedTime(TimeSpan.FromSeconds(seconds));
        var findings = await rig.DiagnoseAsync(stream, options => new() { Redis = options.Redis, Keys = options.Keys, Group = options.Group, Connection = new RedisOptions { TimeProvider = time } });
        Assert.Equal(status, Of(findings, "server.clock").Status);
    }

    internal static Finding Of(IEnumerable<Finding> findings, string check) => Assert.Single(findings, finding => finding.Check == check);

    [GeneratedRegex(@"(?m)^\| `(?<check>[a-z]+\.[a-z_]+)` \| .+ \| .+ \| .+ \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
