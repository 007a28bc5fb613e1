using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;

namespace Moderation.MediaHash.Host.Rpc;

/// <summary>Comparing hashes without their media. One RPC a file.</summary>
internal sealed partial class HashRpc(BankFeedStore feed, BankCatalogue catalogue, TimeProvider time) : HashService.HashServiceBase;
