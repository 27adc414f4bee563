using Coordinator.Storage.Sqlite;

namespace Coordinator.Silo;

/// <summary><c>data check DIR</c>: whether a data folder, restored or copied, can be started on. Changes nothing in it.</summary>
internal static class DataCommand
{
    /// <returns>0; 2 where there are complaints, one a line on standard error, or the arguments are others.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is not ["check", { Length: > 0 } folder])
        {
            await errors.WriteLineAsync("use data check DIR");
            return 2;
        }

        var complaints = DataFolderCheck.Complaints(folder);
        if (complaints.Count > 0)
        {
            await errors.WriteLineAsync(string.Join('\n', complaints));
            return 2;
        }

        await output.WriteLineAsync($"{folder}: good");
        return 0;
    }
}
