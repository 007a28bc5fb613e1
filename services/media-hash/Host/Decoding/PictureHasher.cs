using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.Extensions.Options;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Decodes untrusted pictures in child processes, a few at a time. A picture that crashes or hangs the decoder ends its process and no other request: it is
/// tried once more in a new one, in case it was another's fault, and then refused.
/// </summary>
internal sealed partial class PictureHasher(IOptions<DecodingOptions> settings, TimeProvider time, ILogger<PictureHasher> logger) : IDisposable
{
    private const int Attempts = 2;

    // What a native library leaks goes with its process.
    private const int MaxUses = 10_000;

    private readonly DecodingOptions _options = settings.Value;
    private readonly PictureDecoder _here = new(settings.Value);
    private readonly SemaphoreSlim _places = new(settings.Value.EffectiveConcurrency);
    private readonly ConcurrentBag<DecoderProcess> _idle = [];

    /// <summary>The processes that wait for pictures.</summary>
    public IReadOnlyList<int> IdleProcesses => [.. _idle.Select(process => process.Id)];

    /// <summary>Decodes and hashes; to its end even if the caller leaves, for the memory is wiped by who sent it.</summary>
    /// <exception cref="MediaRejectedException">The bytes are not a picture we take, or can't be decoded within the limits.</exception>
    public async Task<HashedPicture> HashAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            if (!_options.Isolated)
                return await Task.Run(() => HashedPicture.Of(_here, bytes.Span), CancellationToken.None);
            for (var attempt = 1; ; attempt++)
            {
                if (await TryHashAsync(bytes) is { } hashed)
                    return hashed;
                if (attempt == Attempts)
                    throw new MediaRejectedException(RejectionDetail.Corrupt, "The decoder crashed on the picture.");
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var process))
            process.Dispose();
        _places.Dispose();
    }

    // Null when the process died over it.
    private async Task<HashedPicture?> TryHashAsync(ReadOnlyMemory<byte> bytes)
    {
        var process = _idle.TryTake(out var idle) ? idle : Start();
        var isGood = false;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), time);
        try
        {
            var hashed = await process.HashAsync(bytes, timeout.Token);
            isGood = true;
            return hashed;
        }
        catch (MediaRejectedException)
        {
            isGood = true;
            throw;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            LogHung(process.Id, _options.TimeoutSeconds);
            throw new MediaRejectedException(RejectionDetail.TooCostly, $"Decoding took more than {_options.TimeoutSeconds} s.");
        }
        catch (Exception died) when (died is IOException or InvalidDataException)
        {
            LogDied(process.Id);
            return null;
        }
        finally
        {
            if (isGood && process.Uses < MaxUses)
                _idle.Add(process);
            else
                process.Dispose();
        }
    }

    private DecoderProcess Start()
    {
        try
        {
            return DecoderProcess.Start(_options);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("The decoder process can't be started; set MediaHash:Decoding:Isolated to false to decode in this one.", missing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Decoder process {ProcessId} took more than {Seconds} s for a picture and was ended")]
    private partial void LogHung(int processId, int seconds);

    [LoggerMessage(LogLevel.Warning, "Decoder process {ProcessId} died over a picture")]
    private partial void LogDied(int processId);
}
