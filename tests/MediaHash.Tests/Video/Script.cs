namespace Moderation.MediaHash.Tests.Video;

/// <summary>A shell script that stands in for a decoder gone wrong.</summary>
internal sealed class Script : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("media-hash-test");

    public Script(string body)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "decoder");
        File.WriteAllText(Path, "#!/bin/sh\n" + body + "\n");
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("The scripts are for a shell.");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    /// <summary>Ends once the script has written that file beside itself.</summary>
    public async Task WaitForFileAsync(string suffix)
    {
        while (!File.Exists(Path + suffix) || new FileInfo(Path + suffix).Length == 0)
            await Task.Yield();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
