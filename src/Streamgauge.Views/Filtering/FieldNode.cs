using System.Buffers;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>One field put to a test. An absent field fails every test.</summary>
internal sealed class FieldNode(string field, FieldTest test) : FilterNode
{
    private const int StackBytesMax = 512;
    private readonly FieldKind _kind = FieldRules.KindOf(field);

    public override FilterBinding Binding => FilterBinding.Test;

    public override void CollectFields(List<string> fields)
    {
        if (_kind is FieldKind.Name or FieldKind.Further) fields.Add(field);
    }

    public override void Apply(EventBatch batch, Span<bool> passes)
    {
        switch (_kind)
        {
            case FieldKind.Value:
                var values = batch.ValuesMicros;
                for (var i = 0; i < passes.Length; i++) passes[i] = values[i] != EventBatch.NoValue && test.Passes(values[i]);
                break;
            case FieldKind.Time:
                var times = batch.TimestampsMs;
                for (var i = 0; i < passes.Length; i++) passes[i] = test.Passes(times[i] * FixedPoint.MicrosPerUnit);
                break;
            default:
                ApplyToText(batch.Column(field), passes);
                break;
        }
    }

    public override bool Matches(Func<string, string?> valueOf)
    {
        var text = valueOf(field);
        if (string.IsNullOrEmpty(text)) return false;
        var bytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = bytesMax <= StackBytesMax ? stackalloc byte[bytesMax] : new byte[bytesMax];
        utf8 = utf8[..Encoding.UTF8.GetBytes(text, utf8)];
        return _kind switch
        {
            FieldKind.Value => FixedPoint.TryParse(utf8, out var micros) == EventFault.None && test.Passes(micros),
            FieldKind.Time => EventTime.TryParse(utf8, out var timestampMs) == EventFault.None && test.Passes(timestampMs * FixedPoint.MicrosPerUnit),
            _ => test.Passes(utf8),
        };
    }

    public override void Write(StringBuilder output) => test.Write(output, field);

    // Few distinct texts, many events: each text is tested once, then every event is a look-up.
    private void ApplyToText(FieldColumn column, Span<bool> passes)
    {
        var symbols = column.Symbols;
        var rented = ArrayPool<bool>.Shared.Rent(symbols.Count + 1);
        var verdicts = rented.AsSpan(0, symbols.Count + 1);
        verdicts[0] = false; // FieldColumn.Absent is -1: its verdict comes first
        for (var symbol = 0; symbol < symbols.Count; symbol++) verdicts[symbol + 1] = test.Passes(symbols[symbol]);
        var values = column.Values(passes.Length);
        for (var i = 0; i < passes.Length; i++) passes[i] = verdicts[values[i] + 1];
        ArrayPool<bool>.Shared.Return(rented);
    }
}
