using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>The field of an event that a source fills: a documented one, or a further one by its name.</summary>
internal sealed record FieldTarget(EventField Field, byte[] Name)
{
    public static FieldTarget Of(ReadOnlySpan<byte> name) => new(FieldNames.Identify(name), name.ToArray());

    public bool IsSameAs(FieldTarget other) => Name.AsSpan().SequenceEqual(other.Name);
}

/// <summary>What becomes of one source column or property.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Targets">The fields it fills; none if it is left out.</param>
/// <param name="Collides">It bears the name of a field that another source is mapped to.</param>
internal sealed record FieldBinding(byte[] Source, FieldTarget[] Targets, bool Collides);
