using Allianz.Portfolio.Api;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features;

return await Verbs.RunAsync(
    args,
    async settings =>
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.AddPortfolio();
        var app = builder.Build();
        app.UsePortfolio();
        app.MapApi();
        await app.Services.GetRequiredService<PortfolioDatabase>().MigrateAsync(CancellationToken.None);
        await app.FirstStartAsync(CancellationToken.None);
        await app.RunAsync();
        return 0;
    }
);
