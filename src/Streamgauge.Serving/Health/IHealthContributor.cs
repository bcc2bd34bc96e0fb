namespace Streamgauge.Serving;

/// <summary>One check of <c>/health</c>. Every role registers its own as a singleton of this interface.</summary>
public interface IHealthContributor
{
    /// <summary>Name of the check in the answer: snake_case.</summary>
    string Name { get; }

    /// <summary>Says how things are, from memory: must not wait. Called at most once a second; an exception counts as unhealthy.</summary>
    HealthReport Check();
}
