namespace Streamgauge.Producing;

/// <summary>The event types a generator makes.</summary>
internal enum EventKind : byte
{
    View,
    Click,
    Search,
    Logout,
    Purchase,
    Signup,
}
