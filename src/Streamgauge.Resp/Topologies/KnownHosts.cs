namespace Streamgauge.Resp;

/// <summary>The servers to ask, in the order to ask them: those that answered last come first. Thread-safe.</summary>
/// <remarks>Seeds are never forgotten; what was learned is replaced by what is learned next, so that the list stays as long as the topology is wide.</remarks>
internal sealed class KnownHosts(IReadOnlyList<RedisHost> seeds)
{
    private readonly Lock _gate = new();
    private List<RedisHost> _order = [.. seeds];

    /// <summary>The order of this moment.</summary>
    public RedisHost[] InOrder()
    {
        lock (_gate) return [.. _order];
    }

    /// <summary>Asks this one first from now on.</summary>
    public void Prefer(RedisHost host)
    {
        lock (_gate)
        {
            _order.Remove(host);
            _order.Insert(0, host);
        }
    }

    /// <summary>Asks this one last from now on.</summary>
    public void Postpone(RedisHost host)
    {
        lock (_gate)
        {
            if (_order.Remove(host)) _order.Add(host);
        }
    }

    /// <summary>Takes all servers of the topology as one of them told: new ones are added, those that left are forgotten.</summary>
    public void Learn(IReadOnlySet<RedisHost> members)
    {
        lock (_gate)
        {
            var kept = _order.Where(host => members.Contains(host) || seeds.Contains(host)).ToList();
            kept.AddRange(members.Where(host => !kept.Contains(host)));
            _order = kept;
        }
    }
}
