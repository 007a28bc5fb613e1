using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Banks;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class BankRpc
{
    public override async Task<GetBankEntryResponse> GetBankEntry(GetBankEntryRequest request, ServerCallContext context)
    {
        var key = CheckedKey(request.BankId, request.EntryId);
        var row = await FindAsync(key);
        var (right, wrong) = await banks.ReadOpinionsAsync(key);
        return new GetBankEntryResponse
        {
            Entry = row.Entry.ToContract(),
            Etag = EtagOf(row),
            Opinions = new MatchOpinionCounts { TruePositives = right, FalsePositives = wrong },
        };
    }
}
