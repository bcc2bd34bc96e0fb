using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Streamgauge.Resp;

/// <summary>Appends commands to a growing pooled buffer. Allocates nothing in steady state. Not thread-safe.</summary>
/// <remarks>
/// Shape of a command: <c>*&lt;arguments&gt;\r\n</c>, then each argument as <c>$&lt;bytes&gt;\r\n&lt;payload&gt;\r\n</c>.
/// The writer counts arguments and payload bytes: one too many or too few would shift every later reply by one.
/// </remarks>
public sealed class RespWriter : IBufferWriter<byte>
{
    private const int InitialBytes = 16 * 1024;
    private const int RetainedBytesMax = 4 * 1024 * 1024; // a larger buffer goes back to the pool on Clear
    private const int NumberBytesMax = 20; // digits and sign of any 64-bit number
    private const int HeaderBytesMax = 1 + NumberBytesMax + 2; // marker, digits, CRLF

    private byte[] _buffer = [];
    private int _argumentsLeft;
    private int _payloadEnd = -1; // where the payload announced by WriteBulkHeader must end; -1 outside a payload

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Memory held, in bytes.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>The bytes written; invalid after the next write or <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <inheritdoc cref="WrittenMemory"/>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, Length);

    /// <summary>Commands begun since the last <see cref="Clear"/> or <see cref="Truncate"/>; checked by the connection.</summary>
    internal int CommandCount { get; private set; }

    /// <summary>True when the last command has all its arguments.</summary>
    internal bool IsComplete => _argumentsLeft == 0 && _payloadEnd < 0;

    /// <summary>Begins a command of <paramref name="argumentCount"/> arguments, its name included.</summary>
    public void WriteCommandHeader(int argumentCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(argumentCount);
        if (!IsComplete) ThrowIncomplete();
        WriteHeader((byte)'*', argumentCount);
        _argumentsLeft = argumentCount;
        CommandCount++;
    }

    /// <summary>Begins arguments without a command, collected here to be appended to one later by <see cref="WriteArguments(RespWriter)"/>.</summary>
    public void BeginArguments()
    {
        if (!IsComplete) ThrowIncomplete();
        _argumentsLeft = int.MaxValue;
    }

    /// <summary>Arguments written since <see cref="BeginArguments"/>.</summary>
    public int ArgumentCount => int.MaxValue - _argumentsLeft;

    /// <summary>Appends the arguments collected in another writer.</summary>
    public void WriteArguments(RespWriter arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        WriteArguments(arguments.WrittenSpan, arguments.ArgumentCount);
    }

    /// <summary>Appends arguments that another writer collected earlier, as bytes.</summary>
    public void WriteArguments(ReadOnlySpan<byte> arguments, int count)
    {
        if (_argumentsLeft < count || _payloadEnd >= 0) ThrowNoArgumentExpected();
        Append(arguments);
        _argumentsLeft -= count;
    }

    /// <summary>Appends one argument.</summary>
    public void WriteBulk(ReadOnlySpan<byte> bytes)
    {
        WriteBulkHeader(bytes.Length);
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
        WriteBulkEnd();
    }

    /// <summary>Appends one argument, encoded as UTF-8.</summary>
    public void WriteBulk(string utf8Text)
    {
        ArgumentNullException.ThrowIfNull(utf8Text);
        var length = Encoding.UTF8.GetByteCount(utf8Text);
        WriteBulkHeader(length);
        Length += Encoding.UTF8.GetBytes(utf8Text, GetSpan(length));
        WriteBulkEnd();
    }

    /// <summary>Appends one argument, the number in decimal.</summary>
    public void WriteBulk(long number)
    {
        Span<byte> digits = stackalloc byte[NumberBytesMax];
        _ = Utf8Formatter.TryFormat(number, digits, out var count); // NumberBytesMax fits every long
        WriteBulk(digits[..count]);
    }

    /// <summary>Appends one argument, the number in decimal.</summary>
    public void WriteBulk(ulong number)
    {
        Span<byte> digits = stackalloc byte[NumberBytesMax];
        _ = Utf8Formatter.TryFormat(number, digits, out var count); // NumberBytesMax fits every ulong
        WriteBulk(digits[..count]);
    }

    /// <summary>
    /// Begins one argument whose payload the caller writes in place with <see cref="GetSpan"/> and <see cref="Advance"/>,
    /// exactly <paramref name="length"/> bytes in one or more steps, then <see cref="WriteBulkEnd"/>.
    /// </summary>
    public void WriteBulkHeader(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (_argumentsLeft == 0 || _payloadEnd >= 0) ThrowNoArgumentExpected();
        WriteHeader((byte)'$', length);
        _payloadEnd = checked(Length + length);
    }

    /// <summary>Ends an argument begun with <see cref="WriteBulkHeader"/>.</summary>
    /// <exception cref="InvalidOperationException">The payload is longer or shorter than announced.</exception>
    public void WriteBulkEnd()
    {
        if (_payloadEnd != Length) ThrowWrongPayload();
        var span = GetSpan(2);
        span[0] = (byte)'\r';
        span[1] = (byte)'\n';
        Length += 2;
        _payloadEnd = -1;
        _argumentsLeft--;
    }

    /// <summary>Room for at least <paramref name="sizeHint"/> bytes after what is written.</summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(Length);
    }

    /// <inheritdoc cref="GetSpan"/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(Length);
    }

    /// <summary>Counts <paramref name="count"/> bytes of the last span as written.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - Length);
        Length += count;
    }

    /// <summary>Forgets everything written. An unusually large buffer goes back to the pool.</summary>
    public void Clear()
    {
        Truncate(0);
        if (_buffer.Length <= RetainedBytesMax) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Forgets what was written after <paramref name="length"/>, which must be a command's border.</summary>
    internal void Truncate(int length)
    {
        Length = length;
        CommandCount = 0;
        _argumentsLeft = 0;
        _payloadEnd = -1;
    }

    /// <summary>Appends bytes that already are whole commands.</summary>
    internal void Append(ReadOnlySpan<byte> commands)
    {
        commands.CopyTo(GetSpan(commands.Length));
        Length += commands.Length;
    }

    /// <summary>Forgets the count of commands, so that the next one can be checked on its own.</summary>
    internal void BeginCheck() => CommandCount = 0;

    // marker digits CRLF
    private void WriteHeader(byte marker, int number)
    {
        var span = GetSpan(HeaderBytesMax);
        span[0] = marker;
        _ = Utf8Formatter.TryFormat(number, span[1..], out var digits); // HeaderBytesMax fits every int
        span[1 + digits] = (byte)'\r';
        span[2 + digits] = (byte)'\n';
        Length += 3 + digits;
    }

    private void Reserve(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_buffer.Length - Length < Math.Max(count, 1)) Grow(Math.Max(count, 1));
    }

    private void Grow(int count)
    {
        // Doubling keeps the copying linear in the bytes written. An array cannot exceed 2 GiB; checked says so loudly.
        var wanted = checked(Length + count);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, (int)Math.Clamp(_buffer.Length * 2L, InitialBytes, Array.MaxLength)));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    [DoesNotReturn]
    private void ThrowIncomplete() => throw new InvalidOperationException(
        $"The last command still lacks {_argumentsLeft} of its announced arguments; write them, or announce fewer in WriteCommandHeader.");

    [DoesNotReturn]
    private void ThrowNoArgumentExpected() => throw new InvalidOperationException(
        _payloadEnd >= 0 ? "The last argument has no end; call WriteBulkEnd." : "The command has all its announced arguments; announce more in WriteCommandHeader.");

    [DoesNotReturn]
    private void ThrowWrongPayload() => throw new InvalidOperationException(_payloadEnd < 0
        ? "There is no argument to end; call WriteBulkHeader first."
        : $"The argument's payload must end at byte {_payloadEnd} and ended at byte {Length}; write exactly the length announced in WriteBulkHeader.");
}
