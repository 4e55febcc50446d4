using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>A small council information system that speaks OParl 1.1, on a port of its own: papers, paged lists, deletions and errors.</summary>
public sealed class CouncilServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, Func<HttpContext, Task>> _answers = [];
    private int _calls;

    private CouncilServer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>How often it was asked.</summary>
    public int Calls => _calls;

    public static async Task<CouncilServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new CouncilServer(builder.Build());
        server._app.Run(context =>
        {
            Interlocked.Increment(ref server._calls);
            context.Response.StatusCode = 404;
            return
                server._answers.TryGetValue(context.Request.Path + context.Request.QueryString, out var answer)
                || server._answers.TryGetValue(context.Request.Path, out answer)
                ? answer(context)
                : Task.CompletedTask;
        });
        await server._app.StartAsync();
        server.Address = server._app.Urls.Single();
        return server;
    }

    /// <summary>Answers a path with JSON.</summary>
    public string Serves(string path, string json, int status = 200) =>
        Does(
            path,
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(json.Replace("{address}", Address, StringComparison.Ordinal));
            }
        );

    /// <summary>Answers a path in whatever way.</summary>
    public string Does(string path, Func<HttpContext, Task> answer)
    {
        _answers[path] = answer;
        return Address + path;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
