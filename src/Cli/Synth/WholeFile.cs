using System.Text;

namespace Coordinator.Cli.Synth;

/// <summary>Files that are replaced as a whole: who reads one sees the old text or the new one, also where the process dies on the way.</summary>
internal static class WholeFile
{
    /// <summary>On disk when this returns. Safe to repeat.</summary>
    /// <param name="path">In a folder that exists; a hidden file beside it is used on the way.</param>
    /// <param name="mode">Of the new file; null: what the process gives its files.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Replace(string path, string text, UnixFileMode? mode = null)
    {
        var whole = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(whole)!, $".{Path.GetFileName(whole)}.new");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OperatingSystem.IsWindows() ? null : mode };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, whole, overwrite: true);
    }
}
