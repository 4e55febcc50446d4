using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Host;
using Allianz.Portfolio.Api.Host.OpenApi;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.Security;

return await Verbs.RunAsync(
    args,
    async settings =>
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.AddPortfolio();

        var app = builder.Build();
        app.CheckSettings();
        app.UsePortfolio();

        // First the schema, then what stands on it; jobs begin when the server listens.
        var database = app.Services.GetRequiredService<PortfolioDatabase>();
        using var serving = database.Dialect.Serve(database.ConnectionString);
        await app.Services.UpgradeAsync(CancellationToken.None);
        await app.Services.PrepareProtectionAsync(CancellationToken.None);

        app.MapApi();
        app.MapApiDocument();
        app.MapPages();
        app.MapJobs();
        app.MapHealth();
        app.MapSecurityTxt();

        // The demo has report schedules, for which the jobs must be set up.
        await app.FirstStartAsync(CancellationToken.None);
        await app.RunAsync();
        return 0;
    }
);
