namespace Streamgauge.Drills.Tests;

public class ScheduleTests
{
    private static readonly FaultKind Kill = new("kill", 24, TimeSpan.Zero, TimeSpan.Zero);
    private static readonly FaultKind Pause = new("pause", 6, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    [Fact]
    public void The_same_seed_repeats_the_same_schedule()
    {
        // Literal values: the schedule of a seed must also be the same tomorrow, and in another process.
        var schedule = Schedule.Create(7, TimeSpan.FromSeconds(20), [Kill, Pause]);
        Assert.Equal(Schedule.Create(7, TimeSpan.FromSeconds(20), [Kill, Pause]), schedule);
        Assert.Equal(["kill", "pause", "kill"], schedule.Select(fault => fault.Kind));
    }

    [Fact]
    public void Another_seed_makes_another_schedule() =>
        Assert.NotEqual(Schedule.Create(7, FiveMinutes, [Kill, Pause]), Schedule.Create(8, FiveMinutes, [Kill, Pause]));

    [Fact]
    public void Leaving_a_kind_out_does_not_move_the_others() =>
        Assert.Equal(Schedule.Create(7, FiveMinutes, [Kill, Pause]).Where(fault => fault.Kind == "pause"), Schedule.Create(7, FiveMinutes, [Pause]));

    [Theory]
    [InlineData(300, 24, 6)]
    [InlineData(150, 12, 3)]
    [InlineData(5, 1, 1)]
    public void Faults_come_in_proportion_to_the_time_and_at_least_once(int seconds, int kills, int pauses)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var schedule = Schedule.Create(seed, TimeSpan.FromSeconds(seconds), [Kill, Pause]);
            Assert.Equal(kills, schedule.Count(fault => fault.Kind == "kill"));
            Assert.Equal(pauses, schedule.Count(fault => fault.Kind == "pause"));
            Assert.Equal(schedule.OrderBy(fault => fault.At), schedule);
            Assert.All(schedule, fault => Assert.InRange(fault.At + fault.Length, TimeSpan.Zero, TimeSpan.FromSeconds(seconds)));
            Assert.All(schedule, fault => Assert.InRange(fault.Place, 0, 0.9999999999));
        }
    }

    [Fact]
    public void Five_minutes_hold_what_is_asked_of_them()
    {
        var schedule = new MixedDrill(new DrillOptions { Program = [], Seed = 1, Duration = FiveMinutes }).Schedule;
        Assert.True(schedule.Count(fault => fault.Kind == "kill") >= 20);
        Assert.True(schedule.Count(fault => fault.Kind == "pause") >= 5);
        Assert.True(schedule.Count(fault => fault.Kind == "redis-restart") >= 3);
        Assert.Contains(schedule, fault => fault.Kind == "partition");
        Assert.Single(schedule, fault => fault.Kind == "failover");
    }

    [Fact]
    public void A_users_redis_is_never_touched()
    {
        var options = new DrillOptions { Program = [], Seed = 1, Redis = Resp.RedisEndpoint.Parse("redis://127.0.0.1") };
        Assert.DoesNotContain(new MixedDrill(options).Schedule, fault => fault.Kind.StartsWith("redis-", StringComparison.Ordinal) || fault.Kind == "failover");
        Assert.Contains("never done to yours", MixedDrill.FindProblem(options with { Faults = ["redis-restart"] }), StringComparison.Ordinal);
    }
}
