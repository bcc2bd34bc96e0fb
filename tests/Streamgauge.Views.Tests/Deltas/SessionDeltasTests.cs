using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views.Tests;

/// <summary>The sessions a batch makes, against sorting each id's events and splitting them where the gap is exceeded.</summary>
public class SessionDeltasTests
{
    private const long NowMs = 1_700_000_000_000;
    private static readonly ViewDefinition Visits = View(new SessionRule("session_id", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10)));

    [Fact]
    public void Every_id_has_the_sessions_a_naive_walk_finds()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var deltas = new DeltaSet([BuiltInViews.Total, Visits]);
        var batch = new EventBatch(deltas.Fields);
        for (var round = 0; round < 30; round++) // reused: nothing of one batch may show in the next
        {
            batch.Clear();
            var samples = new List<Sample>();
            for (var i = random.Next(1_000); i > 0; i--)
                samples.Add(Add(batch, new Sample(NowMs - (random.NextInt64(700) * 1_000), NowMs + random.Next(50), "type" + random.Next(4), Session: random.Next(8) == 0 ? null : "s" + random.Next(20))));
            deltas.Fold(batch);
            Assert.True(Naive(samples).SequenceEqual(SessionsOf(deltas)), $"seed {seed}, round {round}");
            Assert.Equal(samples.Count(sample => sample.Session is not null && sample.TimestampMs + 600_000 <= sample.ArrivalMs), deltas.LateCount);
        }
    }

    [Fact]
    public void Gap_is_inclusive_and_what_is_as_old_as_the_retention_is_late()
    {
        Assert.Equal([("s", 0, 20, 3)], Spans((0, 0), (10_000, 0), (20_000, 0)));
        Assert.Equal([("s", 0, 10, 2), ("s", 20.001, 20.001, 1)], Spans((0, 0), (10_000, 0), (20_001, 0)));
        Assert.Equal([("s", 1, 1, 1)], Spans((0, 600_000), (1_000, 600_999)));
    }

    [Fact]
    public void Entry_and_exit_of_events_at_one_time_are_the_smallest_and_the_greatest_text()
    {
        var deltas = new DeltaSet([Visits]);
        var batch = new EventBatch(deltas.Fields);
        foreach (var type in (string[])["b", "a", "B", "é", "ab"]) Add(batch, new Sample(NowMs, NowMs, type, Session: "s"));
        deltas.Fold(batch);
        Assert.Equal(("B", "é"), SessionsOf(deltas).Select(one => (one.Entry, one.Exit)).Single());
    }

    [Fact]
    public void Only_events_that_pass_the_filter_and_have_the_field_are_in_the_view()
    {
        Assert.True(EventFilter.TryParse("event_type != 'ping'", out var filter, out _));
        var deltas = new DeltaSet([View(new SessionRule("note", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10))) with { Filter = filter }]);
        var batch = new EventBatch(deltas.Fields);
        Add(batch, new Sample(NowMs, NowMs, "view", Session: "s"));
        Add(batch, new Sample(NowMs, NowMs, "ping", Note: "n"));
        Add(batch, new Sample(NowMs, NowMs, "view", Note: new string('x', 300)));
        Add(batch, new Sample(NowMs, NowMs, "view", Note: new string('x', 300)));
        deltas.Fold(batch);
        var session = Assert.Single(SessionsOf(deltas));
        Assert.Equal((new string('x', 256), 2), (session.Id, session.Events));
        Assert.Empty(deltas.Views.ToArray());
    }

    [Fact]
    public void Question_about_buckets_of_a_view_of_sessions_is_a_fault_that_says_so()
    {
        Assert.False(QueryPlan.TryCreate(Visits, new ViewQuery(), NowMs, new QueryLimits(), out _, out var fault));
        Assert.Equal(("view", "view \"visits\" is one of sessions: it has no buckets to ask about; GET /v1/sessions/visits tells what it knows"), (fault.Parameter, fault.Message));
    }

    private static List<(string Id, long StartMs, long EndMs, int Events, string Entry, string Exit)> Naive(IEnumerable<Sample> samples)
    {
        var sessions = new List<(string, long, long, int, string, string)>();
        foreach (var id in samples.Where(sample => sample.Session is not null && sample.TimestampMs + 600_000 > sample.ArrivalMs).GroupBy(sample => sample.Session!))
        {
            var sorted = id.OrderBy(sample => sample.TimestampMs).ThenBy(sample => sample.Type, StringComparer.Ordinal).ToList();
            for (int first = 0, last; first < sorted.Count; first = last + 1)
            {
                for (last = first; last + 1 < sorted.Count && sorted[last + 1].TimestampMs - sorted[last].TimestampMs <= 10_000;) last++;
                sessions.Add((id.Key, sorted[first].TimestampMs, sorted[last].TimestampMs, last - first + 1, sorted[first].Type, sorted[last].Type));
            }
        }

        sessions.Sort();
        return sessions;
    }

    private static List<(string Id, long StartMs, long EndMs, int Events, string Entry, string Exit)> SessionsOf(DeltaSet deltas)
    {
        var view = deltas.Sessions[0];
        var sessions = new List<(string, long, long, int, string, string)>();
        foreach (var (id, first, count) in view.Ids)
        {
            var name = Encoding.UTF8.GetString(view.Name(id));
            for (var i = first; i < first + count; i++)
                sessions.Add((name, view[i].StartMs, view[i].EndMs, view[i].Events, Encoding.UTF8.GetString(view.TypeName(view[i].Entry)), Encoding.UTF8.GetString(view.TypeName(view[i].Exit))));
        }

        sessions.Sort();
        return sessions;
    }

    private static List<(string Id, double Start, double End, int Events)> Spans(params (long TimeMs, long ArrivalMs)[] events)
    {
        var deltas = new DeltaSet([Visits]);
        var batch = new EventBatch(deltas.Fields);
        foreach (var (timeMs, arrivalMs) in events) Add(batch, new Sample(NowMs + timeMs, NowMs + arrivalMs, "view", Session: "s"));
        deltas.Fold(batch);
        return [.. SessionsOf(deltas).Select(one => (one.Id, (one.StartMs - NowMs) / 1_000.0, (one.EndMs - NowMs) / 1_000.0, one.Events))];
    }

    private static ViewDefinition View(SessionRule rule) => new() { Name = "visits", Sessions = rule, Measures = [], Tiers = [] };

    private static Sample Add(EventBatch batch, Sample sample)
    {
        var decoder = new PlainEntryDecoder(batch);
        decoder.Begin(sample.ArrivalMs);
        foreach (var (name, value) in sample.Fields()) decoder.Field(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        Assert.Equal(EventFault.None, decoder.End());
        return sample;
    }
}
