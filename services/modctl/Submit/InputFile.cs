using System.IO.Compression;

namespace Moderation.ModCtl.Submit;

/// <summary>A file that is read from its beginning to its end, compressed or not.</summary>
internal sealed class InputFile : IDisposable
{
    private readonly FileStream _file;

    public InputFile(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 64 * 1024);
        Content = PostSources.IsCompressed(path) ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    public Stream Content { get; }

    /// <summary>How much of the file's bytes were read, 0..1.</summary>
    public double Share => _file.Length == 0 ? 1 : Math.Min(1, (double)_file.Position / _file.Length);

    public void Dispose() => Content.Dispose();
}
