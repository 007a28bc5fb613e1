using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Decoding;
using HashKind = Moderation.Contracts.V1.HashKind;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Turns bytes into fingerprints, a few media at a time: decoding is the one thing here that needs memory and a core to itself.</summary>
internal sealed class MediaFingerprinter(IOptions<DecodingOptions> options) : IDisposable
{
    private readonly PictureDecoder _decoder = new(options.Value);
    private readonly SemaphoreSlim _places = new(options.Value.EffectiveConcurrency);

    /// <exception cref="MediaRejectedException">The bytes are not a picture we take.</exception>
    public async Task<HashMediaResponse> FingerprintAsync(UploadBuffer upload, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            // Off the request's thread, and to its end even if the caller leaves: the memory is wiped by who disposes of the upload.
            return await Task.Run(() => Fingerprint(upload), CancellationToken.None);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private HashMediaResponse Fingerprint(UploadBuffer upload)
    {
        using var picture = _decoder.Decode(upload.Bytes);
        var pdq = picture.Hash();
        var digests = upload.Finish();
        return new HashMediaResponse
        {
            MediaId = MediaFingerprints.MediaIdFor(digests.Sha256),
            ByteCount = upload.Length,
            Width = picture.Width,
            Height = picture.Height,
            Fingerprints =
            {
                new Fingerprint { Kind = HashKind.Pdq, Value = pdq.Hash.ToString(), Quality = pdq.Quality },
                new Fingerprint { Kind = HashKind.Sha256, Value = digests.Sha256, Quality = 100 },
                new Fingerprint { Kind = HashKind.Md5, Value = digests.Md5, Quality = 100 },
            },
        };
    }
}
