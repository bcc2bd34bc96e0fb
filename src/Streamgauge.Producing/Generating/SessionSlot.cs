using System.Runtime.InteropServices;

namespace Streamgauge.Producing;

/// <summary>One of the sessions under way. When it ends, the next session takes its slot.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SessionSlot
{
    public uint Number;
    public uint User;
    public int Product;
    public SessionPhase Phase;
}

/// <summary>What the next event of a session may be.</summary>
internal enum SessionPhase : byte
{
    /// <summary>Ended: another session starts here.</summary>
    Free,

    /// <summary>A new user: signs up next, then arrives.</summary>
    SigningUp,

    /// <summary>Searches or views next.</summary>
    Arriving,

    /// <summary>Views a result next.</summary>
    Searched,

    /// <summary>Has a product before it: views, clicks, searches or purchases next.</summary>
    Browsing,

    /// <summary>Logs out next.</summary>
    Leaving,
}
