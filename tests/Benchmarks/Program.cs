using System.CommandLine;
using Moderation.Benchmarks.Media;
using Moderation.Benchmarks.Suite;

var root = new RootCommand("Measures the suite. Nothing is written but to the console.") { SuiteCommand.Create(), MediaCommand.Create(), EchoServer.CreateCommand() };
return await root.Parse(args).InvokeAsync();
