using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Moderation.MediaHash.Host.Video;

/// <summary>
/// A file that exists in memory alone, for a decoder that must seek: MP4 often has its index at the end. It has no name in any folder, and
/// its pages go with the last handle. They count towards the memory limit of the container.
/// </summary>
internal sealed partial class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;

    private readonly SafeFileHandle _handle;

    private MemoryFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>Where a process of the same user on this machine can open it, as long as it is not disposed of.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}");

    /// <summary>With these bytes.</summary>
    /// <exception cref="IOException">The kernel has no such files, or no memory.</exception>
    public static MemoryFile Create(ReadOnlySpan<byte> bytes)
    {
        var handle = new SafeFileHandle(CreateDescriptor("video", CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid)
            throw new IOException($"memfd_create failed with error {Marshal.GetLastPInvokeError()}.");
        try
        {
            RandomAccess.Write(handle, bytes, fileOffset: 0);
            return new MemoryFile(handle);
        }
        catch (IOException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateDescriptor(string name, uint flags);
}
