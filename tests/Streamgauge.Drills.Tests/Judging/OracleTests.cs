using System.Diagnostics;

namespace Streamgauge.Drills.Tests;

/// <summary>Every way in which an event can go wrong is seen, and nothing else is.</summary>
public class OracleTests
{
    private readonly EventLedger _ledger = new();
    private readonly WitnessCounts _counted = new();
    private readonly Allowances _allowances = new();

    [Fact]
    public void Acknowledged_once_unknown_at_most_once_rejected_never_is_sound()
    {
        Event(Outcome.Ok, times: 1);
        Event(Outcome.Unknown, times: 1);
        Event(Outcome.Unknown, times: 0);
        Event(Outcome.Rejected, times: 0);
        var oracle = Compare();
        Assert.Empty(oracle.Findings);
        Assert.Equal((4, 1, 1, 2, 1), (oracle.Tally.Sent, oracle.Tally.Ok, oracle.Tally.Rejected, oracle.Tally.Unknown, oracle.Tally.UnknownCounted));
    }

    [Theory]
    [InlineData(Outcome.Ok, 0, "was acknowledged and is not counted")]
    [InlineData(Outcome.Ok, 2, "was counted 2 times")]
    [InlineData(Outcome.Unknown, 2, "was counted 2 times")]
    [InlineData(Outcome.Rejected, 1, "was rejected and is counted")]
    public void A_single_event_that_is_wrong_is_found(Outcome outcome, int times, string finding)
    {
        for (var i = 0; i < 100; i++) Event(Outcome.Ok, times: 1);
        var number = Event(outcome, times);
        Assert.Contains($"{DrillEvent.IdOf(number)} {finding}", Assert.Single(Compare().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void One_lost_and_one_doubled_do_not_make_up_for_each_other()
    {
        Event(Outcome.Ok, times: 0);
        Event(Outcome.Ok, times: 2);
        var oracle = Compare();
        Assert.Equal((1, 1), (oracle.Tally.Lost, oracle.Tally.Doubled));
        Assert.Equal(2, oracle.Findings.Count);
    }

    [Fact]
    public void An_event_that_nobody_sent_is_found()
    {
        Event(Outcome.Ok, times: 1);
        _counted.Events["e0000ffff"] = 1;
        Assert.Contains("never sent", Assert.Single(Compare().Findings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("total_count")]
    [InlineData("total_value_micros")]
    [InlineData("type:view:count")]
    [InlineData("product:laptop:count")]
    [InlineData("product:unheard-of:count")]
    public void A_counter_that_is_off_by_one_is_found(string counter)
    {
        for (var i = 0; i < 100; i++) Event(Outcome.Ok, times: 1);
        _counted.Counters[counter] = _counted.Counters.GetValueOrDefault(counter) + 1;
        Assert.StartsWith(counter, Assert.Single(Compare().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_declared_power_cut_excuses_what_was_acknowledged_shortly_before_and_nothing_older()
    {
        Event(Outcome.Ok, times: 0);
        var before = Stopwatch.GetTimestamp();
        Event(Outcome.Ok, times: 0);
        _allowances.DeclareLoss(before, _ledger.Count);
        Event(Outcome.Ok, times: 0); // sent after the cut: nothing excuses it
        var oracle = Compare();
        Assert.Equal((2, 1), (oracle.Tally.Lost, oracle.Tally.LostWithinWindow));
    }

    [Fact]
    public void A_loss_declared_of_a_careless_client_excuses_nobody_who_waited_for_replicas()
    {
        var careless = Event(Outcome.Ok, times: 0);
        Event(Outcome.Ok, times: 0);
        _allowances.DeclareLoss(from: 0, _ledger.Count, new HashSet<int> { careless });
        var oracle = Compare();
        Assert.Equal((1, 1), (oracle.Tally.Lost, oracle.Tally.LostWithinWindow));
    }

    private int Event(Outcome outcome, int times)
    {
        var number = _ledger.Begin();
        if (outcome != Outcome.Unknown) _ledger.Settle(number, outcome);
        if (times == 0) return number;
        _counted.Events[DrillEvent.IdOf(number)] = times;
        var made = DrillEvent.Of(number);
        Count("total_count", times);
        Count($"type:{made.EventType}:count", times);
        if (made.Product is not null) Count($"product:{made.Product}:count", times);
        if (made.ValueMicros is not { } micros) return number;
        Count("total_value_micros", micros * times);
        Count($"type:{made.EventType}:value_micros", micros * times);
        return number;
    }

    private void Count(string counter, long by) => _counted.Counters[counter] = _counted.Counters.GetValueOrDefault(counter) + by;

    private Oracle Compare() => Oracle.Compare(_ledger, _counted, _allowances);
}
