using System.Buffers.Text;
using System.Diagnostics;
using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Makes believable shop events, one per call. Deterministic by seed and start; allocates nothing per event; not thread-safe.</summary>
/// <remarks>
/// Shares, within a percentage point: view 55 %, click 25 %, search 10 %, logout 5 %, purchase 3 %, signup 2 %. They follow from
/// the life of a session: it may begin with a signup, browses about nine events (after a search comes a view, a purchase needs a
/// product before it) and logs out in half of the cases, else it is abandoned. Only view, click and purchase name a product; only
/// a purchase has a value (the whole amount), and a further field <c>quantity</c> when it is more than one.
/// Ids: <c>event_id</c> is 24 hex digits, 12 of the run (seed and start) and 12 of a counter; <c>session_id</c> is
/// <c>s</c>, 8 hex digits of the run, <c>-</c>, 8 of a counter, or a plain number with <see cref="GeneratorOptions.UniformSessions"/>;
/// <c>user_id</c> is <c>user_</c> and 8 digits, the same users in every run.
/// </remarks>
public sealed class EventGenerator
{
    private const int RunDigits = 12;
    private const int EventIdBytes = RunDigits + 4 + 8; // the counter is written as its high 16 and low 32 bits
    private const int SessionRunDigits = 8;
    private const int SessionIdBytes = 1 + SessionRunDigits + 1 + 8;

    private readonly SessionModel _model;
    private readonly bool _isUniform;
    private readonly byte[] _eventId = new byte[EventIdBytes];
    private readonly byte[] _sessionId = new byte[SessionIdBytes];
    private readonly byte[] _userId = "user_00000000"u8.ToArray();
    private readonly ExtraFields[] _quantities;
    private int _sessionIdLength = SessionIdBytes;
    private long _timestampMs;

    /// <param name="options">What to make; <see cref="GeneratorOptions.Rate"/>, <see cref="GeneratorOptions.Count"/> and <see cref="GeneratorOptions.Duration"/> do not matter here.</param>
    /// <param name="startMs">Start of the run in Unix milliseconds: makes its ids differ from those of another run with the same seed.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them all.</exception>
    public EventGenerator(GeneratorOptions options, long startMs)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Validate();
        if (problems.Count > 0) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _model = new SessionModel(options);
        _isUniform = options.UniformSessions;
        _quantities = new ExtraFields[SessionModel.QuantityMax + 1];
        for (var i = 0; i < _quantities.Length; i++)
        {
            _quantities[i] = new ExtraFields();
            if (i > 1) _quantities[i].Add("quantity"u8, [(byte)('0' + i)]);
        }

        var state = options.Seed;
        state = GeneratorRandom.SplitMix(ref state) ^ (ulong)startMs;
        var run = GeneratorRandom.SplitMix(ref state);
        FixedText.WriteHex8((uint)(run >> 16), _eventId.AsSpan(4));
        FixedText.WriteHex8((uint)(run >> 32), _eventId);
        "s00000000-00000000"u8.CopyTo(_sessionId);
        FixedText.WriteHex8((uint)(run >> 32), _sessionId.AsSpan(1));
    }

    /// <summary>Events made so far.</summary>
    public long Count { get; private set; }

    /// <summary>Makes the next event. Its spans point into the generator and hold until the next call.</summary>
    /// <param name="timestampMs">Event time, Unix milliseconds; taken as it is.</param>
    public void Next(long timestampMs, ref EventFields fields)
    {
        _timestampMs = timestampMs;
        _model.Next();
        WriteEventId();
        FixedText.WriteDecimal8(_model.User, _userId.AsSpan(5));
        if (_isUniform) Utf8Formatter.TryFormat(_model.Session, _sessionId, out _sessionIdLength);
        else FixedText.WriteHex8(_model.Session, _sessionId.AsSpan(SessionIdBytes - 8));
        Current(ref fields);
    }

    /// <summary>Shows the event of the last <see cref="Next"/> once more: what a sender repeats after waiting for room.</summary>
    internal void Current(ref EventFields fields)
    {
        var kind = _model.Kind;
        fields = default;
        fields.EventId = _eventId;
        fields.UserId = _userId;
        fields.SessionId = _sessionId.AsSpan(0, _sessionIdLength);
        fields.TimestampMs = _timestampMs;
        switch (kind)
        {
            case EventKind.View: fields.EventType = "view"u8; break;
            case EventKind.Click: fields.EventType = "click"u8; break;
            case EventKind.Search: fields.EventType = "search"u8; return;
            case EventKind.Signup: fields.EventType = "signup"u8; return;
            case EventKind.Logout: fields.EventType = "logout"u8; return;
            case EventKind.Purchase:
                fields.EventType = "purchase"u8;
                fields.HasValue = true;
                fields.ValueMicros = _model.ValueMicros;
                if (_model.Quantity > 1) fields.Extra = _quantities[_model.Quantity];
                break;
            default: throw new UnreachableException();
        }

        fields.Product = _model.ProductName;
    }

    private void WriteEventId()
    {
        if ((uint)Count == 0)
        {
            // Once in 2^32 events, the first included.
            Span<byte> high = stackalloc byte[8];
            FixedText.WriteHex8((uint)(Count >> 32), high);
            high[4..].CopyTo(_eventId.AsSpan(RunDigits));
        }

        FixedText.WriteHex8((uint)Count, _eventId.AsSpan(RunDigits + 4));
        Count++;
    }
}
