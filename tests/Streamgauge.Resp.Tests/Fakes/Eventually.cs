namespace Streamgauge.Resp.Tests.Fakes;

/// <summary>Waits for a stated condition with a bound.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Bound) Assert.Fail($"Not within {Bound.TotalSeconds} s: {what}");
            await Task.Delay(1);
        }
    }
}
