using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class BankRpc
{
    public override async Task<GetIndexStatusResponse> GetIndexStatus(GetIndexStatusRequest request, ServerCallContext context)
    {
        // The replica's version first: what it learns meanwhile must not show as more than there is.
        var version = catalogue.Version;
        var size = catalogue.IndexSize;
        var latest = await banks.ReadVersionAsync();
        return new GetIndexStatusResponse
        {
            EntryCount = catalogue.Count,
            PictureCount = size.Pictures,
            VideoFrameCount = size.VideoFrames,
            IndexBytes = size.Bytes,
            BankVersion = version,
            LatestBankVersion = latest,
            ChangesBehind = Math.Max(0, latest - version),
            CatchUpTime = feed.CatchUpTime?.ToTimestamp(),
        };
    }
}
