namespace Streamgauge.Drills;

/// <summary>Which faults happen when: decided by the seed, the duration and the kinds alone, so that a seed repeats it.</summary>
internal static class Schedule
{
    private static readonly TimeSpan Reference = TimeSpan.FromMinutes(5);

    /// <summary>All faults in the order of their time.</summary>
    /// <remarks>The time is divided into as many parts as a kind has faults, one in each: no kind comes all at once, and kinds overlap as they like.</remarks>
    public static IReadOnlyList<TimedFault> Create(int seed, TimeSpan duration, IEnumerable<FaultKind> kinds)
    {
        var faults = new List<TimedFault>();
        foreach (var kind in kinds)
        {
            // Each kind has random numbers of its own, so that leaving one out does not move the others.
            var random = new Random(HashCode(seed, kind.Name));
            var count = Math.Max(1, (int)Math.Round(kind.PerFiveMinutes * (duration / Reference)));
            for (var i = 0; i < count; i++)
            {
                var length = kind.LengthMin + (kind.LengthMax - kind.LengthMin) * random.NextDouble();
                var at = duration * ((i + random.NextDouble()) / count);
                faults.Add(new TimedFault(at, kind.Name, length < duration - at ? length : duration - at, random.NextDouble()));
            }
        }

        return [.. faults.OrderBy(fault => fault.At).ThenBy(fault => fault.Kind, StringComparer.Ordinal)];
    }

    // Not string.GetHashCode, which differs from process to process.
    private static int HashCode(int seed, string name) => name.Aggregate(seed, (hash, letter) => unchecked(hash * 31 + letter));
}
