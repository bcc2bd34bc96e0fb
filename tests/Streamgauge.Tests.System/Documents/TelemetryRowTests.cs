using System.Diagnostics;

namespace Streamgauge.Tests.System;

/// <summary>Every row of <c>docs/telemetry.md</c> against the live page of the role that owns it.</summary>
public sealed class TelemetryRowTests(LivePages pages) : IClassFixture<LivePages>
{
    // Nothing of these happens while all is well; that they are zero from the start is what is asked of them.
    private static readonly string[] LabelledOnlyWhenItHappens = ["kestrel_rejected_connections_total"];

    // They tell what a process saw by itself, and who is not the one to see it says nothing.
    private static readonly string[] MayBeAbsent = ["audit_drift", "audit_unaccounted", "audit_buckets", "audit_age_seconds", "audit_duration_seconds"];

    public static TheoryData<string> Rows => [.. TelemetryRow.ReadAll().Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_says_what_the_page_of_its_role_says(string name)
    {
        var row = TelemetryRow.ReadAll().Single(row => row.Name == name);
        foreach (var role in RolesOf(row))
        {
            var (text, open) = (pages.Text[role], pages.OpenMetrics[role]);
            Assert.True(text.Types.TryGetValue(name, out var type), $"{name} is not on the page of {role}");
            Assert.Equal(row.Type, type);
            Assert.False(string.IsNullOrWhiteSpace(text.Helps[name]));

            var family = row.Type == "counter" ? name[..^"_total".Length] : name;
            Assert.Equal(row.Type == "untyped" ? "unknown" : row.Type, open.Types[family]);
            Assert.Equal(row.Unit, open.Units.GetValueOrDefault(family, ""));
            if (row.Unit.Length > 0) Assert.EndsWith($"_{row.Unit}", family, StringComparison.Ordinal);

            var sample = row.Type == "histogram" ? name + "_count" : name;
            if (!text.Samples.TryGetValue(sample, out var series))
            {
                Assert.Contains(name, MayBeAbsent);
                continue;
            }

            Assert.Equal(series.Count, open.Samples[sample].Count);
            foreach (var (labels, _) in series)
            {
                if (labels.Count == 0 && LabelledOnlyWhenItHappens.Contains(name)) continue;
                Assert.Equal(row.Labels.Order(StringComparer.Ordinal), labels.Keys.Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public void What_was_moved_has_moved()
    {
        var (process, produce, serve) = (pages.Text["process"], pages.Text["produce"], pages.Text["serve"]);
        Assert.All((string[])["events_processed_total", "entries_processed_total", "processing_latency_seconds_count", "commit_duration_seconds_count", "stream_length", "stream_size_bytes", "redis_memory_used_bytes",
            "redis_commands_total", "redis_clients", "redis_aof_enabled", "redis_start_time_seconds", "audits_total", "consumer_group_pending_idle_seconds"],
            name => Assert.True(process.Samples.ContainsKey(name) && (name.EndsWith("idle_seconds", StringComparison.Ordinal) || process.Sum(name) > 0), $"{name} stands still"));
        Assert.Equal(1, process.Sum("dead_letters_total"));
        Assert.Equal("bad_value", Assert.Single(process.Samples["dead_letters_total"], one => one.Value > 0).Labels["reason"]);
        Assert.All((string[])["sender_events_total", "sender_sends_total", "sender_duration_seconds_count"], name => Assert.True(produce.Sum(name) > 0, $"{name} stands still"));
        Assert.All((string[])["event_type_count", "product_count", "redis_up", "snapshot_refresh_duration_seconds_count", "views", "dead_letters_stored", "api_request_duration_seconds_count", "kestrel_active_connections"],
            name => Assert.True(serve.Sum(name) > 0, $"{name} stands still"));
        Assert.Equal(serve.Sum("event_type_count"), serve.Sum("events_by_type_total"));
        Assert.Equal(serve.Sum("product_count"), serve.Sum("events_by_product_total"));
        Assert.InRange(serve.Sum("consumer_group_lag"), 0, 10_000);
    }

    [Fact]
    public void Twins_point_to_each_other()
    {
        foreach (var (documented, counter) in new[] { ("event_type_count", "events_by_type_total"), ("product_count", "events_by_product_total") })
        {
            Assert.Contains(counter, pages.Text["serve"].Helps[documented], StringComparison.Ordinal);
            Assert.Contains(documented, pages.Text["serve"].Helps[counter], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("process")]
    [InlineData("produce")]
    [InlineData("serve")]
    public async Task Promtool_has_nothing_to_say_about_any_role(string role)
    {
        if (!File.Exists("/usr/bin/promtool")) return; // named in CONTRIBUTING; the other tests of the page need none
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await promtool.StandardInput.WriteAsync(pages.Text[role].Text);
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync() + await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.Equal((0, ""), (promtool.ExitCode, said));
    }

    [Theory]
    [InlineData("process")]
    [InlineData("produce")]
    [InlineData("serve")]
    public void Every_labelled_counter_is_there_before_anything_happens(string role)
    {
        var page = pages.Text[role];
        Assert.All(TelemetryRow.ReadAll().Where(row => row.Type == "counter" && row.Labels.Count > 0 && RolesOf(row).Contains(role) && !LabelledOnlyWhenItHappens.Contains(row.Name)),
            row => Assert.All(page.Samples[row.Name], one => Assert.NotEmpty(one.Labels)));
    }

    private static string[] RolesOf(TelemetryRow row) => row.Section switch
    {
        "Telemetry and the process" => ["process", "produce", "serve"],
        "Conditions" => ["process", "produce", "serve"],
        "API" or "Serving" => ["serve"],
        "Processing" => ["process"],
        "Producing" => ["produce"],
        _ => throw new InvalidOperationException($"Which role owns the metrics of '{row.Section}'? Say so here."),
    };
}
