using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Fields of a batch read as numbers or as hashes, once for all views. Text is looked at once per distinct value, not per event.</summary>
internal sealed class FieldReadings
{
    private readonly Dictionary<string, long[]> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _registers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _numbersRead = new(StringComparer.Ordinal);
    private readonly HashSet<string> _registersRead = new(StringComparer.Ordinal);
    private long[] _bySymbol = [];

    /// <summary>Forgets the batch before.</summary>
    public void Restart()
    {
        _numbersRead.Clear();
        _registersRead.Clear();
    }

    /// <summary>Per event the field in millionths, or <see cref="EventBatch.NoValue"/> when it is absent or no number.</summary>
    public ReadOnlySpan<long> Numbers(EventBatch batch, string field)
    {
        if (field == "value") return batch.ValuesMicros;
        var numbers = _numbers.GetValueOrDefault(field, []);
        if (!_numbersRead.Add(field)) return numbers.AsSpan(0, batch.Count);
        if (numbers.Length < batch.Count) _numbers[field] = numbers = new long[Math.Max(batch.Count, numbers.Length * 2)];

        var column = batch.Column(field);
        if (_bySymbol.Length < column.Symbols.Count) _bySymbol = new long[Math.Max(column.Symbols.Count, _bySymbol.Length * 2)];
        for (var symbol = 0; symbol < column.Symbols.Count; symbol++)
            _bySymbol[symbol] = FixedPoint.TryParseNumber(column.Symbols[symbol], out var micros) == EventFault.None ? micros : EventBatch.NoValue;
        var symbols = column.Values(batch.Count);
        for (var i = 0; i < symbols.Length; i++) numbers[i] = symbols[i] < 0 ? EventBatch.NoValue : _bySymbol[symbols[i]];
        return numbers.AsSpan(0, batch.Count);
    }

    /// <summary>Per symbol of the field its place in a HyperLogLog: the register times 256, and the rank.</summary>
    public ReadOnlySpan<int> Registers(EventBatch batch, string field)
    {
        var column = batch.Column(field);
        var count = column.Symbols.Count;
        var registers = _registers.GetValueOrDefault(field, []);
        if (!_registersRead.Add(field)) return registers.AsSpan(0, count);
        if (registers.Length < count) _registers[field] = registers = new int[Math.Max(count, registers.Length * 2)];
        for (var symbol = 0; symbol < count; symbol++)
        {
            var (register, rank) = HyperLogLog.Locate(column.Symbols[symbol]);
            registers[symbol] = (register << 8) | rank;
        }

        return registers.AsSpan(0, count);
    }
}
