using System.Diagnostics;

namespace Streamgauge.TestKit;

/// <summary>Signals to one process, by its id.</summary>
public static class Signals
{
    /// <param name="name">Without SIG: <c>INT</c>, <c>KILL</c>.</param>
    public static void Send(string name, int processId)
    {
        using var kill = Process.Start("kill", [$"-{name}", processId.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>Whether a process of this id runs; one that has ended and was not collected yet does not.</summary>
    public static bool IsRunning(int processId)
    {
        var status = $"/proc/{processId}/stat";
        try
        {
            // pid (name) state …; the name may hold anything, even a parenthesis.
            var text = File.ReadAllText(status);
            return text[(text.LastIndexOf(')') + 2)] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
