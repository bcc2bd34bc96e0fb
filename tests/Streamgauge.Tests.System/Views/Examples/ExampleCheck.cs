namespace Streamgauge.Tests.System;

/// <summary>Compares answers about one view with what awk makes of the same file.</summary>
/// <param name="filter">The view's filter, in awk.</param>
/// <param name="group">The view's groups, in awk, with <c>;</c> between.</param>
internal sealed class ExampleCheck(ViewsClient api, Recount recount, string view, string filter, string group, string[] measures)
{
    /// <summary>The total of all time.</summary>
    public async Task OfAllTimeAsync() => await CompareAsync(0, long.MaxValue, 0, [("step", "all")]);

    /// <summary>A series over a range that begins and ends at a step.</summary>
    public async Task OfSeriesAsync(string step, long everyMs, long fromMs, long toMs)
    {
        var (from, to) = (fromMs - (fromMs % everyMs), (toMs + everyMs - 1) / everyMs * everyMs);
        await CompareAsync(from, to, everyMs, [("step", step), ("from", from.ToString()), ("to", to.ToString())]);
    }

    private async Task CompareAsync(long fromMs, long toMs, long everyMs, (string, string)[] parameters)
    {
        var told = Figures.Of(await api.AskAsync(view, parameters));
        var counted = await recount.CountAsync(filter, group, fromMs, toMs, everyMs, measures);
        var differences = counted.DifferencesTo(told);
        Assert.True(differences.Count == 0, $"{view} {string.Join(' ', parameters)}:\n{string.Join('\n', differences)}");
        Assert.True(counted.Count > measures.Length, $"{view} {string.Join(' ', parameters)}: nothing was compared");
    }
}
