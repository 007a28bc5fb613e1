using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Files that are whole and on the disk, or not there.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0;

    /// <summary>Writes a new file.</summary>
    /// <returns>False when there is one of this name.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var temporary = WriteTemporary(path, content);
        try
        {
            File.Move(temporary, path, overwrite: false); // link and unlink: of two writers one wins
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            return false;
        }

        SyncDirectory(path);
        return true;
    }

    /// <summary>Writes a file in place of the one that may be there.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        File.Move(WriteTemporary(path, content), path, overwrite: true);
        SyncDirectory(path);
    }

    /// <summary>Makes a directory and sees to it that its name is on the disk too.</summary>
    public static void CreateDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            SyncDirectory(path);
        }
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(content);
        file.Flush(flushToDisk: true);
        return temporary;
    }

    // A name is durable once its directory is; .NET opens no directories.
    private static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        var handle = Open(Encoding.UTF8.GetBytes(directory + '\0'), ReadOnly);
        if (handle < 0)
        {
            throw new IOException($"{directory} can't be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        var result = Sync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (result != 0)
        {
            throw new IOException($"{directory} can't be synced: {new Win32Exception(error).Message}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
