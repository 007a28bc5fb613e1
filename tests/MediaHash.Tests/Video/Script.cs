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

    /// <summary>
    /// Ends once the script has made a directory beside itself whose name is its own and <paramref name="suffix"/>, and answers what follows in the name.
    /// No file: the limits of a decoder, which forbid it to write, come from outside at any moment.
    /// </summary>
    public async Task<string> WaitForDirectoryAsync(string suffix)
    {
        var start = System.IO.Path.GetFileName(Path) + suffix;
        while (true)
        {
            if (_folder.EnumerateDirectories(start + "*").FirstOrDefault() is { } made)
                return made.Name[start.Length..];
            await Task.Yield();
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
