using Microsoft.Playwright;
using Xunit;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>Debian's Chromium without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const float PatienceMs = 60_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        // Playwright expects within 5 s unless told; a busy machine needs more.
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--autoplay-policy=no-user-gesture-required",
            ],
        });
    }

    /// <summary>A fresh profile, as a Chinese operator's. Dispose the context.</summary>
    public async Task<IPage> OpenAsync(Uri address, int width = 1920, int height = 1080)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(), Locale = "zh-CN", TimezoneId = "Asia/Shanghai", ViewportSize = new() { Width = width, Height = height },
            HasTouch = width < 800, IsMobile = width < 800,
        });
        context.SetDefaultTimeout(PatienceMs);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByTestId("login-user").WaitForAsync();
        return page;
    }

    /// <summary>A fresh profile, logged in, with the live link up.</summary>
    public async Task<IPage> LogInAsync(Uri address, int width = 1920, int height = 1080)
    {
        var page = await OpenAsync(address, width, height);
        await page.GetByTestId("login-user").FillAsync("admin");
        await page.GetByTestId("login-password").FillAsync(ServerProcess.Password);
        await page.GetByTestId("login-submit").ClickAsync();
        await page.Locator("[data-testid=link-state][data-state=live]").WaitForAsync();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
