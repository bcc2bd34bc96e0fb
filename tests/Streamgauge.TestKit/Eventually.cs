using System.Diagnostics;

namespace Streamgauge.TestKit;

/// <summary>Waits for a stated condition with a bound, instead of sleeping and hoping.</summary>
public static class Eventually
{
    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(20);

    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    public static async Task Async(Func<Task<bool>> condition, string what, TimeSpan? timeout = null)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > (timeout ?? TimeoutDefault)) throw new TimeoutException($"Not within {timeout ?? TimeoutDefault}: {what}");
            await Task.Delay(PollPeriod);
        }
    }

    /// <inheritdoc cref="Async(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task Async(Func<bool> condition, string what, TimeSpan? timeout = null) => Async(() => Task.FromResult(condition()), what, timeout);
}
