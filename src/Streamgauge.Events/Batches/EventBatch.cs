namespace Streamgauge.Events;

/// <summary>
/// Decoded events in columns: the only fields kept are those the views ask for. Plain entries and frames end here alike, so that
/// everything behind it works on small integers instead of bytes. Reused from batch to batch; not thread-safe.
/// </summary>
public sealed class EventBatch
{
    private readonly FieldColumn[] _columns;
    private long[] _timestampsMs = new long[1024];
    private long[] _valuesMicros = new long[1024];
    private long[] _arrivalsMs = new long[1024];

    /// <param name="fields">Names of the text fields to keep; <c>value</c> and <c>ts</c> are always kept.</param>
    public EventBatch(IEnumerable<string> fields)
    {
        _columns = [.. fields.Append("event_type").Distinct(StringComparer.Ordinal).Select(name => new FieldColumn(name))];
        if (_columns.Any(c => c.Field is EventField.Value or EventField.Timestamp))
            throw new ArgumentException("value and ts are numeric columns of every batch, not text fields.", nameof(fields));
        EventType = Column("event_type");
    }

    /// <summary>Stands in <see cref="ValuesMicros"/> for an event without a value; no valid value reaches it.</summary>
    public const long NoValue = long.MinValue;

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Events whose time ran ahead of their arrival and was clamped to it.</summary>
    public int ClampedCount { get; private set; }

    public FieldColumn EventType { get; }

    public ReadOnlySpan<FieldColumn> Columns => _columns;

    /// <summary>Event times, Unix milliseconds, already clamped.</summary>
    public ReadOnlySpan<long> TimestampsMs => _timestampsMs.AsSpan(0, Count);

    /// <summary>When each event came to Redis, Unix milliseconds: the time part of its entry's id.</summary>
    public ReadOnlySpan<long> ArrivalsMs => _arrivalsMs.AsSpan(0, Count);

    /// <summary>Values in millionths, or <see cref="NoValue"/>.</summary>
    public ReadOnlySpan<long> ValuesMicros => _valuesMicros.AsSpan(0, Count);

    /// <summary>The column of <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">The batch was not made to keep that field.</exception>
    public FieldColumn Column(string name) =>
        Array.Find(_columns, c => c.Name == name) ?? throw new ArgumentException($"This batch does not keep the field '{name}'.", nameof(name));

    public void Clear()
    {
        Count = 0;
        ClampedCount = 0;
        foreach (var column in _columns) column.Symbols.Clear();
    }

    internal FieldColumn? FindColumn(EventField field, ReadOnlySpan<byte> name)
    {
        foreach (var column in _columns)
        {
            if (column.Field == field && (field != EventField.Extra || name.SequenceEqual(column.NameUtf8))) return column;
        }

        return null;
    }

    /// <summary>Makes room for <paramref name="count"/> events behind <see cref="Count"/>, all fields absent. They exist once <see cref="Advance"/> is called.</summary>
    internal void Reserve(int count)
    {
        var needed = Count + count;
        if (needed > _timestampsMs.Length)
        {
            var size = Math.Max(needed, _timestampsMs.Length * 2);
            Array.Resize(ref _timestampsMs, size);
            Array.Resize(ref _valuesMicros, size);
            Array.Resize(ref _arrivalsMs, size);
        }

        _valuesMicros.AsSpan(Count, count).Fill(NoValue);
        foreach (var column in _columns) column.Reserve(Count, count).Fill(FieldColumn.Absent);
    }

    internal Span<long> NewTimestampsMs(int count) => _timestampsMs.AsSpan(Count, count);

    internal Span<long> NewValuesMicros(int count) => _valuesMicros.AsSpan(Count, count);

    internal void SetNumbers(int offset, long timestampMs, long valueMicros)
    {
        _timestampsMs[Count + offset] = timestampMs;
        _valuesMicros[Count + offset] = valueMicros;
    }

    /// <summary>Makes the next <paramref name="count"/> events exist. A time that runs too far ahead of arrival becomes the arrival.</summary>
    /// <remarks>Clamping comes last, so that an event left out for a fault is not counted as clamped as well.</remarks>
    internal void Advance(int count, long arrivalMs)
    {
        const long SkewMs = EventLimits.FutureSkewMinutes * 60_000L;
        var timesMs = NewTimestampsMs(count);
        for (var i = 0; i < timesMs.Length; i++)
        {
            if (timesMs[i] - SkewMs <= arrivalMs) continue; // this way round nothing overflows, whatever the arrival
            timesMs[i] = arrivalMs;
            ClampedCount++;
        }

        _arrivalsMs.AsSpan(Count, count).Fill(arrivalMs);
        Count += count;
    }

    /// <summary>Moves event <paramref name="from"/> to <paramref name="to"/>, both counted from <see cref="Count"/>.</summary>
    internal void Move(int from, int to)
    {
        _timestampsMs[Count + to] = _timestampsMs[Count + from];
        _valuesMicros[Count + to] = _valuesMicros[Count + from];
        foreach (var column in _columns) column[Count + to] = column[Count + from];
    }
}
