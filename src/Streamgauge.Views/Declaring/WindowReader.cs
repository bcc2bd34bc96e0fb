using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>Reads <c>window</c>: the lengths of a view's tiers, finest first, and whether it counts all time.</summary>
internal sealed class WindowReader(DeclarationSource source)
{
    public const string AllTime = "all";
    private const string Allowed = "\"all\", a length, or a list of them: " + TierLength.Allowed;

    private readonly SortedDictionary<TimeSpan, DeclarationNode> _lengths = [];
    private bool _hasAllTime;

    /// <summary>The tiers; empty after a mistake, which leaves nothing to say about <paramref name="retain"/>.</summary>
    public IReadOnlyList<Tier> Read(DeclarationNode? window, DeclarationNode? retain)
    {
        var isRight = window is null || ReadLengths(window);
        if (window is null) _hasAllTime = true;
        if (isRight) isRight = AreMultiples();
        if (!isRight) return [];
        if (new RetainReader(source, [.. _lengths.Keys]).Read(retain) is not { } retained) return [];
        var tiers = _lengths.Keys.Select((every, i) => new Tier(every, retained[i]));
        return _hasAllTime ? [.. tiers, Tier.AllTime] : [.. tiers];
    }

    private bool ReadLengths(DeclarationNode window)
    {
        if (window.Kind == JsonTokenType.String) return Add(window);
        if (window.Kind != JsonTokenType.StartArray || window.Items.Count is 0 or > ViewLimits.TiersMax)
        {
            var found = window.Kind == JsonTokenType.StartArray ? $"a list of {window.Items.Count}" : window.Found;
            source.Add(window, $"'window' must be {Allowed}; at most {ViewLimits.TiersMax}, was {found}.");
            return false;
        }

        return window.Items.Aggregate(true, (isRight, item) => Add(item) && isRight);
    }

    private bool Add(DeclarationNode item)
    {
        if (item is { Kind: JsonTokenType.String, Text: AllTime })
        {
            if (!_hasAllTime) return _hasAllTime = true;
            source.Add(item, "'window' has \"all\" twice.");
            return false;
        }

        if (item.Kind != JsonTokenType.String || !TierLength.TryParse(item.Text, out var length))
        {
            source.Add(item, $"'window' must be {Allowed}, was {item.Found}.");
            return false;
        }

        if (_lengths.TryAdd(length, item)) return true;
        source.Add(item, $"'window' has the length {TierLength.ToText(length)} twice.");
        return false;
    }

    private bool AreMultiples()
    {
        TimeSpan? finer = null;
        var isRight = true;
        foreach (var (length, node) in _lengths)
        {
            if (finer is { } part && length.Ticks % part.Ticks != 0)
            {
                source.Add(node, $"'window': {TierLength.ToText(length)} must be a multiple of the next finer length, {TierLength.ToText(part)}, so that coarse buckets are sums of fine ones.");
                isRight = false;
            }

            finer = length;
        }

        return isRight;
    }
}
