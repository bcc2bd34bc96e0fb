using System.Globalization;

namespace Streamgauge.Serving;

/// <summary>How far a client is: the <c>id</c> of the last event it got, and what it sends back as <c>Last-Event-ID</c>.</summary>
/// <param name="Incarnation">Hash of <see cref="ViewsState.Incarnation"/>: after Redis lost state, revisions mean something else.</param>
/// <param name="CatalogVersion">Version of the declarations.</param>
/// <param name="Revision">Newest commit in what it got.</param>
/// <param name="CompleteThroughMs">What was final then, Unix milliseconds.</param>
internal readonly record struct LivePosition(uint Incarnation, long CatalogVersion, long Revision, long CompleteThroughMs)
{
    private const int TextCharsMax = 80;

    public static LivePosition Of(ViewsState state) => new(
        Hash(state.Incarnation), state.CatalogVersion, state.Commits, state.Group.CompleteThrough.ToUnixTimeMilliseconds());

    public static bool TryParse(string? text, out LivePosition position)
    {
        position = default;
        if (text is not { Length: > 0 and <= TextCharsMax } || text.Split('-') is not [var incarnation, var version, var revision, var through]) return false;
        if (!uint.TryParse(incarnation, NumberStyles.None, CultureInfo.InvariantCulture, out var incarnationHash)) return false;
        if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var catalogVersion)) return false;
        if (!long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var commits)) return false;
        if (!long.TryParse(through, NumberStyles.None, CultureInfo.InvariantCulture, out var completeThroughMs)) return false;
        position = new LivePosition(incarnationHash, catalogVersion, commits, completeThroughMs);
        return true;
    }

    /// <summary>Whether what changed since this position is known in <paramref name="state"/>.</summary>
    public bool LeadsTo(ViewsState state) => Incarnation == Hash(state.Incarnation) && CatalogVersion == state.CatalogVersion && Revision <= state.Commits;

    public override string ToString() => $"{Incarnation}-{CatalogVersion}-{Revision}-{CompleteThroughMs}";

    // FNV-1a: the same in every process, unlike string hash codes.
    private static uint Hash(string text) => text.Aggregate(2_166_136_261, (hash, letter) => (hash ^ letter) * 16_777_619);
}
