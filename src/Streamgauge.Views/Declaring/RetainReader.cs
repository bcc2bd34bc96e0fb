using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>Reads <c>retain</c>: how long the buckets of each length are kept.</summary>
/// <param name="lengths">Of the view's tiers, finest first, without all time.</param>
internal sealed class RetainReader(DeclarationSource source, TimeSpan[] lengths)
{
    private readonly TimeSpan?[] _declared = new TimeSpan?[lengths.Length];
    private bool _hasMistakes;

    /// <summary>A retention per length, or null after a mistake.</summary>
    public TimeSpan[]? Read(DeclarationNode? retain)
    {
        if (retain is { Kind: not JsonTokenType.StartObject })
        {
            Mistake(retain.Offset, $"'retain' must be an object of lengths and how long to keep them, like {{ \"1m\": \"48h\" }}, was {retain.Found}.");
        }
        else if (retain is not null)
        {
            foreach (var (name, offset, value) in retain.Properties) ReadOne(name, offset, value);
            if (!_hasMistakes) CheckOrder(retain);
        }

        return _hasMistakes ? null : Fill();
    }

    /// <summary>How long buckets of a length are kept when nothing is declared.</summary>
    /// <remarks>6 hours of seconds, 2 days of minutes, 30 days of hours, 400 days of days: a year and its comparison with the one before.</remarks>
    public static TimeSpan Default(TimeSpan every)
    {
        var standard = every < TimeSpan.FromMinutes(1) ? TimeSpan.FromHours(6)
            : every < TimeSpan.FromHours(1) ? TimeSpan.FromHours(48)
            : every < TimeSpan.FromDays(1) ? TimeSpan.FromDays(30)
            : TimeSpan.FromDays(400);
        return Min(standard, every * ViewLimits.BucketsMax);
    }

    private void ReadOne(string name, int offset, DeclarationNode value)
    {
        var tier = TierLength.TryParse(name, out var every) ? Array.IndexOf(lengths, every) : -1;
        var windows = lengths.Length == 0 ? "this view has none" : string.Join(", ", lengths.Select(TierLength.ToText));
        if (name == WindowReader.AllTime) Mistake(offset, "'retain': \"all\" is kept for ever; retentions are for lengths.");
        else if (tier < 0) Mistake(offset, $"'retain': '{name}' is no length of this view's 'window'. Allowed: {windows}.");
        else if (_declared[tier] is not null) Mistake(offset, $"'retain': {TierLength.ToText(every)} is given twice; keep one.");
        else if (value.Kind != JsonTokenType.String || !TierLength.TryParse(value.Text, out var kept)) Mistake(value.Offset, $"'retain' of {name} must be {TierLength.Allowed}, was {value.Found}.");
        else if (kept > every * ViewLimits.BucketsMax) Mistake(value.Offset, $"'retain' of {name} may be at most {TierLength.ToText(every * ViewLimits.BucketsMax)}, which are {ViewLimits.BucketsMax:N0} buckets, was {value.Text}; for longer ones add a coarser length to 'window'.");
        else _declared[tier] = kept;
    }

    private void CheckOrder(DeclarationNode retain)
    {
        TimeSpan longest = default;
        for (var i = 0; i < lengths.Length; i++)
        {
            if (_declared[i] is not { } kept) continue;
            if (kept < longest)
            {
                var value = retain.Properties.Find(property => TierLength.TryParse(property.Name, out var every) && every == lengths[i]).Value;
                Mistake(value.Offset, $"'retain' of {TierLength.ToText(lengths[i])} must be at least {TierLength.ToText(longest)}, as long as a finer length is kept, was {value.Text}.");
            }

            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, kept.Ticks));
        }
    }

    // What is not declared gives way to what is: no longer than the coarser ones, no shorter than the finer ones.
    private TimeSpan[] Fill()
    {
        var filled = new TimeSpan[lengths.Length];
        var bound = TimeSpan.MaxValue;
        for (var i = lengths.Length - 1; i >= 0; i--)
        {
            filled[i] = _declared[i] ?? Min(Default(lengths[i]), bound);
            if (_declared[i] is { } kept) bound = kept;
        }

        for (var i = 1; i < lengths.Length; i++)
        {
            if (filled[i] < filled[i - 1]) filled[i] = filled[i - 1];
        }

        return filled;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private void Mistake(int offset, string message)
    {
        _hasMistakes = true;
        source.Add(offset, message);
    }
}
