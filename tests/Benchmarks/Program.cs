using System.CommandLine;
using Moderation.Benchmarks.Decisions;
using Moderation.Benchmarks.Fuzz;
using Moderation.Benchmarks.Media;
using Moderation.Benchmarks.Policy;
using Moderation.Benchmarks.Suite;
using Moderation.Benchmarks.Text;

var root = new RootCommand("Measures the suite. Nothing is written but to the console, and what decisions --dictionary makes.")
{
    SuiteCommand.Create(), EchoServer.CreateCommand(), DecisionsCommand.Create(), MediaCommand.Create(), TextCommand.Create(), ScoreCommand.Create(),
    PolicyCommand.Create(), BatchOverGrpc.CreateCommand(), FuzzCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
