using System.Collections.Concurrent;

namespace Streamgauge.Drills;

/// <summary>The one thread that starts child processes, alive as long as this process.</summary>
/// <remarks>
/// A child asks the kernel to be killed when its parent dies, and the kernel takes the parent to be the <em>thread</em> that started it.
/// A thread of the pool may end at any idle moment and would take its children along.
/// </remarks>
internal static class Nursery
{
    private static readonly BlockingCollection<Action> Births = [];

    static Nursery() => new Thread(Work) { IsBackground = true, Name = "children" }.Start();

    public static Task<T> RunAsync<T>(Func<T> birth)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Births.Add(() =>
        {
            try
            {
                done.SetResult(birth());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private static void Work()
    {
        foreach (var birth in Births.GetConsumingEnumerable()) birth();
    }
}
