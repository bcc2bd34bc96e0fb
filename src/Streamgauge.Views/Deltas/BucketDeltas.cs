namespace Streamgauge.Views;

/// <summary>What a batch adds to one bucket of one view: a count and a sum per group, addressed by the group's symbol.</summary>
public sealed class BucketDeltas
{
    private long[] _counts = [];
    private Int128[] _sumsMicros = []; // wide enough for any batch; the stored counter is the one with 64 bits
    private int[] _groups = new int[64];

    /// <summary>Start of the bucket, Unix milliseconds; 0 without a window.</summary>
    public long StartMs { get; private set; }

    /// <summary>Groups touched, in order of first touch.</summary>
    public ReadOnlySpan<int> Groups => _groups.AsSpan(0, GroupCount);

    public int GroupCount { get; private set; }

    public long Count(int group) => _counts[group];

    public Int128 SumMicros(int group) => _sumsMicros[group];

    /// <summary>Starts over for another bucket. Only what was touched is reset.</summary>
    internal void Restart(long startMs, int symbolCount)
    {
        foreach (var group in Groups)
        {
            _counts[group] = 0;
            _sumsMicros[group] = 0;
        }

        GroupCount = 0;
        StartMs = startMs;
        if (_counts.Length >= symbolCount) return;
        var size = Math.Max(symbolCount, _counts.Length * 2);
        _counts = new long[size];
        _sumsMicros = new Int128[size];
    }

    internal void Add(int group, long micros)
    {
        if (_counts[group]++ == 0) Touch(group);
        _sumsMicros[group] += micros;
    }

    private void Touch(int group)
    {
        if (GroupCount == _groups.Length) Array.Resize(ref _groups, _groups.Length * 2);
        _groups[GroupCount++] = group;
    }
}
