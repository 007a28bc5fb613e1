using System.Buffers.Binary;
using System.Diagnostics;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>A child process that decodes one picture at a time; see <see cref="DecoderLoop"/>.</summary>
internal sealed class DecoderProcess : IDisposable
{
    // The hashes of 64 frames, eight each, are 18 KB.
    private const int MaxAnswerBytes = 32 * 1024;

    // The managed heap of a child; pictures are held in memory of the native library.
    private const string HeapLimit = "0x10000000";

    private static readonly string[] Inherited = ["PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "TMPDIR"];

    private readonly Process _process;

    private DecoderProcess(Process process) => _process = process;

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Pictures that it has decoded.</summary>
    public int Uses { get; private set; }

    /// <summary>Starts one: this service's own program, which needs nothing else to be installed.</summary>
    public static DecoderProcess Start(DecodingOptions options)
    {
        var assembly = typeof(DecoderProcess).Assembly.Location;
        var start = new ProcessStartInfo(Path.ChangeExtension(assembly, null), DecoderLoop.ArgumentsOf(options))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var inherited = Inherited.Select(name => (name, Environment.GetEnvironmentVariable(name))).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
        {
            if (value is not null)
                start.Environment[name] = value;
        }
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        return new DecoderProcess(process);
    }

    /// <summary>Decodes a picture.</summary>
    /// <exception cref="MediaRejectedException">It is none that we take.</exception>
    /// <exception cref="IOException">The process has ended, or answers nonsense: dispose of it.</exception>
    public async Task<HashedPicture> HashAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Uses++;
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        var (input, output) = (_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream);
        await input.WriteAsync(length, cancellationToken);
        await input.WriteAsync(bytes, cancellationToken);
        await input.FlushAsync(cancellationToken);
        await output.ReadExactlyAsync(length, cancellationToken);
        var count = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (count is < 1 or > MaxAnswerBytes)
            throw new IOException("A decoder process answered something else than a hash.");
        var answer = new byte[count];
        await output.ReadExactlyAsync(answer, cancellationToken);
        return HashedPicture.FromAnswer(answer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
        _process.Dispose();
    }
}
