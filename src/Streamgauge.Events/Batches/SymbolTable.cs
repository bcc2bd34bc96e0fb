using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Streamgauge.Events;

/// <summary>Numbers distinct byte strings 0, 1, 2 … in order of first sight. Allocates only while it grows; not thread-safe.</summary>
/// <remarks>
/// Open addressing with linear probing over one array of (hash, symbol + 1) pairs, all bytes in one arena. The hash is seeded
/// per process, so a sender cannot choose names that collide.
/// </remarks>
public sealed class SymbolTable
{
    private const int SlotsInitial = 256;
    private const int ArenaBytesInitial = 4096;

    // Beyond these, a table that was hardly used is given back at Clear, so one wide batch does not tax all later ones.
    private const int SlotsKept = 64 * 1024;
    private const int ArenaBytesKept = 4 * 1024 * 1024;

    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private (uint Hash, int SymbolPlusOne)[] _slots = new (uint, int)[SlotsInitial];
    private (int Start, int Length)[] _entries = new (int, int)[SlotsInitial / 2];
    private byte[] _arena = new byte[ArenaBytesInitial];
    private int _arenaUsed;

    /// <summary>How many distinct strings are known; symbols are below it.</summary>
    public int Count { get; private set; }

    internal int ArenaBytes => _arena.Length;

    /// <summary>The bytes of <paramref name="symbol"/>, valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> this[int symbol] => _arena.AsSpan(_entries[symbol].Start, _entries[symbol].Length);

    /// <summary>The symbol of <paramref name="text"/>, new or known.</summary>
    public int Intern(ReadOnlySpan<byte> text)
    {
        var symbol = Find(text, out var hash, out var slot);
        return symbol >= 0 ? symbol : Add(text, hash, slot);
    }

    /// <summary>The symbol of <paramref name="text"/>, or -1 when it is not known.</summary>
    internal int Find(ReadOnlySpan<byte> text) => Find(text, out _, out _);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (_arena.Length > ArenaBytesKept && _arenaUsed < _arena.Length / 16) _arena = new byte[ArenaBytesInitial];
        if (_slots.Length > SlotsKept && Count < _slots.Length / 16)
        {
            _slots = new (uint, int)[SlotsInitial];
            _entries = new (int, int)[SlotsInitial / 2];
        }
        else
        {
            Array.Clear(_slots);
        }

        Count = 0;
        _arenaUsed = 0;
    }

    // When the text is unknown, slotAt is the free slot it belongs in.
    private int Find(ReadOnlySpan<byte> text, out uint hash, out int slotAt)
    {
        hash = Hash(text);
        var slots = _slots;
        var mask = slots.Length - 1;
        for (slotAt = (int)hash & mask; ; slotAt = (slotAt + 1) & mask)
        {
            var slot = slots[slotAt];
            if (slot.SymbolPlusOne == 0) return -1;
            if (slot.Hash == hash && this[slot.SymbolPlusOne - 1].SequenceEqual(text)) return slot.SymbolPlusOne - 1;
        }
    }

    private int Add(ReadOnlySpan<byte> text, uint hash, int at)
    {
        if (Count == _entries.Length) // half full: grow before probes get long
        {
            Grow();
            var mask = _slots.Length - 1;
            for (at = (int)hash & mask; _slots[at].SymbolPlusOne != 0; at = (at + 1) & mask) { }
        }

        if (_arenaUsed + text.Length > _arena.Length) Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _arenaUsed + text.Length));
        text.CopyTo(_arena.AsSpan(_arenaUsed));
        _entries[Count] = (_arenaUsed, text.Length);
        _arenaUsed += text.Length;
        _slots[at] = (hash, Count + 1);
        return Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        var old = _slots;
        _slots = new (uint, int)[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var slot in old)
        {
            if (slot.SymbolPlusOne == 0) continue;
            var at = (int)slot.Hash & mask;
            while (_slots[at].SymbolPlusOne != 0) at = (at + 1) & mask;
            _slots[at] = slot;
        }
    }

    // Multiply and fold, eight bytes a step: names are short, and quality only has to defeat chance, the seed defeats intent.
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = Seed ^ (ulong)text.Length;
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..]) hash = Mix(hash ^ MemoryMarshal.Read<ulong>(text));
        ulong tail = 0;
        foreach (var b in text) tail = (tail << 8) | b;
        hash = Mix(hash ^ tail);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0x9E37_79B9_7F4A_7C15, out var low);
        return BitOperations.RotateLeft(high, 23) ^ low;
    }
}
