using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Video;

namespace Moderation.MediaHash.Host.Video;

/// <summary>
/// Decodes untrusted videos in a child process: ffmpeg with one demuxer, no protocol but the one memory file, an empty environment and
/// bounds on time, memory, pixels, length and frames. Whatever happens to it happens to that process alone.
/// </summary>
internal sealed class VideoHasher(IOptions<VideoOptions> settings, TimeProvider time) : IDisposable
{
    private const string EveryFrame = "showinfo";

    // The first frame, and each that is a second or more later than the one before; a frame's time may be a rounding short of it.
    private const string EverySecond = "select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,0.999)',showinfo";

    // The published hashes were made from colours rounded so; ffmpeg's quick rounding moves dark frames by up to 22 bits.
    private const string AccurateColours = "accurate_rnd";

    private readonly VideoOptions _options = settings.Value;
    private readonly SemaphoreSlim _places = new(settings.Value.MaxConcurrent);

    /// <param name="bytes">The file.</param>
    /// <param name="demuxer">What <see cref="VideoFormat.Sniff"/> took it for.</param>
    /// <param name="everyFrame">Each frame, rather than one a second.</param>
    /// <param name="cancellationToken">Ends the decoding.</param>
    /// <exception cref="MediaRejectedException">The file is damaged or beyond a limit.</exception>
    /// <exception cref="VideoUnavailableException">There is no ffmpeg.</exception>
    public async Task<HashedVideo> HashAsync(ReadOnlyMemory<byte> bytes, string demuxer, bool everyFrame, CancellationToken cancellationToken)
    {
        if (_options.Ffmpeg.Length == 0)
            throw new VideoUnavailableException("Video is switched off (MediaHash:Video:Ffmpeg is empty).");
        await _places.WaitAsync(cancellationToken);
        try
        {
            using var file = MemoryFile.Create(bytes.Span);
            using var process = Start(file.Path, demuxer, everyFrame);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), time);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                return await ReadAsync(process, ended.Token);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new MediaRejectedException(RejectionDetail.TooCostly, $"Decoding took more than {_options.TimeoutSeconds} s.");
            }
            finally
            {
                await EndAsync(process);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private Process Start(string path, string demuxer, bool everyFrame)
    {
        var start = new ProcessStartInfo(_options.Ffmpeg,
        [
            "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info",
            "-threads", "1", "-max_pixels", _options.MaxPixels.ToString(CultureInfo.InvariantCulture),
            "-protocol_whitelist", "file", "-f", demuxer, "-i", path,
            "-map", "0:v:0", "-vf", everyFrame ? EveryFrame : EverySecond, "-fps_mode", "passthrough",
            "-frames:v", (_options.MaxFrames + 1).ToString(CultureInfo.InvariantCulture),
            "-sws_flags", AccurateColours, "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var searched = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = searched;
        try
        {
            var process = Process.Start(start) ?? throw new VideoUnavailableException($"{_options.Ffmpeg} did not start.");
            process.StandardInput.Close();
            ProcessLimits.Apply(process, _options.TimeoutSeconds, _options.MaxMemoryMegabytes * 1024L * 1024);
            return process;
        }
        catch (Win32Exception missing)
        {
            throw new VideoUnavailableException($"{_options.Ffmpeg} can't be started.", missing);
        }
    }

    private async Task<HashedVideo> ReadAsync(Process process, CancellationToken cancellationToken)
    {
        var said = new ShowInfo();
        var listening = said.ReadAsync(process.StandardError, cancellationToken);
        var hashes = new List<PdqFingerprint>();
        var (width, height) = (0, 0);
        try
        {
            using var frames = new FrameReader(process.StandardOutput.BaseStream, _options.MaxPixels);
            while (await frames.TryReadAsync(cancellationToken))
            {
                if (hashes.Count == 0)
                    (width, height) = (frames.Width, frames.Height);
                RefuseLong(said, hashes.Count + 1);
                hashes.Add(PdqHasher.HashRgb(frames.Rgb, frames.Width, frames.Height));
            }
        }
        catch (InvalidDataException broken)
        {
            throw new MediaRejectedException(RejectionDetail.Corrupt, "The decoder broke off inside a frame.", broken);
        }
        await listening;
        await process.WaitForExitAsync(cancellationToken);
        RefuseLong(said, hashes.Count);
        if (said.SawTooManyPixels)
            throw new MediaRejectedException(RejectionDetail.TooManyPixels, $"A frame has more than {_options.MaxPixels} pixels.");
        if (said.RanOutOfMemory)
            throw new MediaRejectedException(RejectionDetail.TooCostly, $"Decoding took more than {_options.MaxMemoryMegabytes} MiB.");
        if (said.SawTruncation)
            throw new MediaRejectedException(RejectionDetail.Truncated, "The file ends before its index or its frames do.");
        if (hashes.Count == 0 || process.ExitCode != 0)
            throw new MediaRejectedException(RejectionDetail.Corrupt, $"ffmpeg ended with {process.ExitCode} after {hashes.Count} frames.");
        if (said.Times.Count != hashes.Count)
            throw new MediaRejectedException(RejectionDetail.Corrupt, $"{hashes.Count} frames came with {said.Times.Count} times.");
        return new HashedVideo(width, height, [.. said.Times.Zip(hashes, (shown, pdq) => new VideoFrame(shown, pdq))]);
    }

    private void RefuseLong(ShowInfo said, int frames)
    {
        var most = TimeSpan.FromSeconds(_options.MaxSeconds);
        if (said.Duration > most || said.LastTime > most)
            throw new MediaRejectedException(RejectionDetail.TooLong, $"At most {_options.MaxSeconds} s are taken.");
        if (frames > _options.MaxFrames)
            throw new MediaRejectedException(RejectionDetail.TooLong, $"At most {_options.MaxFrames} frames are taken.");
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);

        // Killed, or at its end: the wait is for the kernel to say so, after which the memory file has no reader.
        await process.WaitForExitAsync(CancellationToken.None);
    }
}
