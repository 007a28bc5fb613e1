// Submits one public post over gRPC and prints what was decided: dotnet run submit.cs [ADDRESS]
#:project ../Contracts.csproj
#:package Grpc.Net.Client
#:property PublishAot=false
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Moderation.Contracts.V1;

var apiKey = Environment.GetEnvironmentVariable("MODERATION_API_KEY") ?? File.ReadAllText(".dev/api-key").Trim();
using var channel = GrpcChannel.ForAddress(args is [var address] ? address : "http://127.0.0.1:8081");
var ingest = new IngestService.IngestServiceClient(channel);

var answer = await ingest.SubmitPostAsync(
    new SubmitPostRequest
    {
        Post = new Post
        {
            PostId = "from-csharp-1",
            AccountId = "account-1",
            Audience = Audience.Public,
            Text = "You won a prize! Claim your free $1000 now: http://prize.example",
        },
        Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
    },
    headers: new Metadata { { "x-api-key", apiKey } },
    deadline: DateTime.UtcNow.AddSeconds(10));
Console.WriteLine($"{answer.Decision.DecisionId} {answer.Decision.Outcome}");
foreach (var measure in answer.Decision.Measures)
{
    Console.WriteLine($"{measure.Kind} for {measure.Category} by rule {measure.RuleId}");
}
