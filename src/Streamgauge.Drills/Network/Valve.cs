namespace Streamgauge.Drills;

/// <summary>Lets pass, or makes wait. Thread-safe.</summary>
internal sealed class Valve
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _open = new();

    public Valve() => _open.SetResult();

    public void Close()
    {
        lock (_gate)
        {
            if (_open.Task.IsCompleted) _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Open()
    {
        lock (_gate) _open.TrySetResult();
    }

    /// <summary>Completes as soon as it is open.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _open.Task.WaitAsync(cancellationToken);
    }
}
