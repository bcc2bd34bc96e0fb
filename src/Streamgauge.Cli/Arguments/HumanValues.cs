namespace Streamgauge.Cli;

/// <summary>A duration that prints as people write it: <c>30s</c>, <c>24h</c>.</summary>
internal readonly record struct HumanDuration(TimeSpan Value)
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
        [("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1))];

    public static implicit operator TimeSpan(HumanDuration duration) => duration.Value;

    public override string ToString()
    {
        foreach (var (unit, length) in Units)
        {
            // A day is 24h to people: the larger unit only from two on.
            if (Value >= length && Value.Ticks % length.Ticks == 0 && (unit != "d" || Value > length)) return Value.Ticks / length.Ticks + unit;
        }

        return Value.TotalMilliseconds + "ms";
    }
}

/// <summary>A size in bytes that prints as people write it: <c>256mb</c>.</summary>
internal readonly record struct HumanSize(long Value)
{
    private static readonly (string Unit, long Bytes)[] Units = [("gb", 1L << 30), ("mb", 1L << 20), ("kb", 1L << 10)];

    /// <summary>About this much, with two digits: for forecasts, which have no more of truth.</summary>
    public static string ToText(long bytes)
    {
        var (unit, size) = Array.Find([("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("kB", 1L << 10), ("B", 1L)], unit => bytes >= unit.Item2 || unit.Item2 == 1);
        var number = (double)bytes / size;
        return $"{(number < 10 ? number.ToString("0.#") : number.ToString("N0"))} {unit}";
    }

    public static implicit operator long(HumanSize size) => size.Value;

    public override string ToString()
    {
        foreach (var (unit, bytes) in Units)
        {
            if (Value >= bytes && Value % bytes == 0) return Value / bytes + unit;
        }

        return Value + "b";
    }
}
