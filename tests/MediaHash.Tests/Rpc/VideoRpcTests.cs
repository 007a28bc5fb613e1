using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Tests.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Moderation.MediaHash.Tests.Video;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.MediaHash.Tests.Rpc;

public sealed class VideoRpcTests(SharedRedis redis)
{
    private readonly string _tenant = "t-" + Guid.NewGuid().ToString("n");
    private readonly string _bank = "b-" + Guid.NewGuid().ToString("n");

    [Fact]
    public async Task Video_is_hashed_banked_and_matched_by_its_frames()
    {
        await using var service = await RunningService.StartAsync(redis.Server);
        var answer = await service.HashAsync(_tenant, await MadeVideos.Mp4());
        Assert.Equal([HashKind.Sha256, HashKind.Sha1, HashKind.Md5], answer.Fingerprints.Select(fingerprint => fingerprint.Kind));
        Assert.Equal([0, 1, 2], answer.Frames.Select(frame => frame.Time.ToTimeSpan().TotalSeconds));
        await service.AddAsync(new BankEntry
        {
            BankId = _bank,
            EntryId = "clip",
            Category = HarmCategory.ViolentExtremism,
            Kind = HashKind.Vpdq,
            Value = string.Join(',', answer.Frames.Select(frame => Convert.ToHexString(frame.Pdq.Span))),
        });
        var match = Assert.Single((await service.MatchAsync(_tenant, answer.MediaId)).Matches, match => match.BankId == _bank);
        Assert.Equal((HashKind.Vpdq, 0, 100f, 100f), (match.Kind, match.Distance, match.QueryPercent, match.ReferencePercent));
        Assert.Equal([0, 1, 2], match.FrameTimes.Select(time => time.ToTimeSpan().TotalSeconds));
    }

    [Fact]
    public async Task Sha1_of_a_file_is_matched()
    {
        await using var service = await RunningService.StartAsync(redis.Server);
        var picture = MadePictures.RgbPng(FormulaPicture.Create(1, 80, 60, 5), 80, 60);
        var answer = await service.HashAsync(_tenant, picture);
        var sha1 = Assert.Single(answer.Fingerprints, fingerprint => fingerprint.Kind == HashKind.Sha1).Value;
        await service.AddAsync(new BankEntry { BankId = _bank, EntryId = "file", Category = HarmCategory.FraudSpam, Kind = HashKind.Sha1, Value = sha1.ToUpperInvariant() });
        var match = Assert.Single((await service.MatchAsync(_tenant, answer.MediaId)).Matches, match => match.BankId == _bank);
        Assert.Equal(HashKind.Sha1, match.Kind);
    }

    [Fact]
    public async Task Video_without_a_decoder_is_UNAVAILABLE_and_pictures_go_on()
    {
        await using var service = await RunningService.StartAsync(redis.Server, ("MediaHash:Video:Ffmpeg", "/nowhere/ffmpeg"));
        var video = await MadeVideos.Mp4();
        var error = await Assert.ThrowsAsync<RpcException>(() => service.HashAsync(_tenant, video));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(ErrorReason.DependencyUnavailable, RpcErrors.ReasonOf(error));
        var picture = await service.HashAsync(_tenant, MadePictures.RgbPng(FormulaPicture.Create(1, 80, 60, 5), 80, 60));
        Assert.Empty(picture.Frames);
        Assert.Contains(picture.Fingerprints, fingerprint => fingerprint.Kind == HashKind.Pdq);
    }
}
