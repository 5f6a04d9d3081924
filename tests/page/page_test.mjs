// The reviewer's page in a real browser. What it holds is tested in C++ (tests/reports); here it is
// whether people can read it: wide and narrow, light and dark, on paper, by keyboard, without script.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {axeSource, folder, launch, open, text} from './browser.mjs';

const pages = ['review.html', 'failing.html', 'sample.html', 'hostile.html'];
let browser;

before(async () => { browser = await launch(); });
after(() => browser.close());

/// Opens, runs `look`, closes.
async function look(name, how, at) {
  const {page, seen} = await open(browser.context, name, how);
  try {
    return await at(page, seen);
  } finally {
    await page.close();
  }
}

const overflow = page => page.evaluate(() => ({
  page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  // What scrolls by itself may be wider than it shows; nothing else may.
  stray: [...document.querySelectorAll('body *')]
      .filter(node => !node.closest('svg, pre, .skip, thead'))
      .filter(node => getComputedStyle(node.closest('.scroll') ?? node).overflowX !== 'auto')
      .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
      .map(node => node.tagName + '.' + node.className),
}));

for (const name of pages) {
  for (const width of [1280, 390]) {
    for (const scheme of ['light', 'dark']) {
      test(`${name} at ${width} px, ${scheme}: accessible, quiet, one request, no overflow`, async () => {
        await look(name, {width, scheme}, async (page, seen) => {
          await page.evaluate(axeSource);
          // Folded parts are part of the page.
          for (const summary of await page.locator('summary').all()) await summary.click();
          const {violations} = await page.evaluate(() => axe.run({
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'],
          }));
          assert.deepEqual(
              violations.map(found => found.id + ': ' + found.nodes[0].html.slice(0, 200)), []);
          assert.deepEqual(seen.complaints, []);
          assert.equal(seen.requests.length, 1);
          assert.deepEqual(await overflow(page), {page: 0, stray: []});
          const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
          assert.equal(dark !== 'rgb(255, 255, 255)', scheme === 'dark');
        });
      });
    }
  }
}

test('every table but the picture fits its box at 1280 px', async () => {
  for (const name of ['review.html', 'sample.html']) {
    await look(name, {}, async page => {
      const wide = await page.evaluate(() => [...document.querySelectorAll('.scroll')]
          .filter(box => box.querySelector('table') && box.scrollWidth > box.clientWidth + 1)
          .map(box => box.getAttribute('aria-label')));
      assert.deepEqual(wide.filter(label => label !== 'Provenance of the scenarios'), []);
    });
  }
});

test('at 390 px the cells of a row say which column they are of', async () => {
  await look('review.html', {width: 390}, async page => {
    const row = page.locator('#A4');
    assert.equal(await row.evaluate(node => getComputedStyle(node).display), 'block');
    const label = await row.locator('td').nth(2).evaluate(
        cell => getComputedStyle(cell, '::before').content);
    assert.equal(label, '"Under which faults"');
    // Looks change, the meaning for a screen reader does not.
    assert.ok(await page.getByRole('table', {name: ''}).count() > 0);
    assert.ok(await page.getByRole('columnheader', {name: 'Under which faults'}).count() > 0);
  });
});

test('all links lead to places of the page, which are then in view', async () => {
  for (const name of pages) {
    await look(name, {}, async page => {
      const links = await page.evaluate(() => [...document.querySelectorAll('a[href]')].map(
          link => [link.getAttribute('href'), link.href.startsWith(location.href.split('#')[0] + '#') &&
              document.getElementById(decodeURIComponent(link.hash.slice(1))) !== null]));
      assert.ok(links.length > 5);
      assert.deepEqual(links.filter(([, good]) => !good), []);
    });
  }
  await look('review.html', {}, async page => {
    await page.locator('section.group a.line').first().click();
    const row = page.locator(':target');
    assert.equal(await row.count(), 1);
    const box = await row.boundingBox();
    assert.ok(box.y >= 0 && box.y < 900);
  });
});

test('without script every word, table and picture is there', async () => {
  const silent = await launch({javaScriptEnabled: false});
  try {
    const {page} = await open(silent.context, 'failing.html');
    const {page: other} = await open(browser.context, 'failing.html');
    const words = node => node.locator('body').innerText();
    assert.equal(await words(page), await words(other));
    assert.equal((await other.content()).includes('<script'), false);
    const picture = await page.locator('svg.picture').first().boundingBox();
    assert.ok(picture.width > 300 && picture.height > 200);
    for (const summary of await page.locator('summary').all()) await summary.click();
    const steps = page.getByRole('region', {name: 'Steps of the picture of f1'}).locator('tbody tr');
    const results = JSON.parse(text('failing.json'));
    const failure = results.scenarios[0].failures
        .reduce((most, other) => (other.count > most.count ? other : most));
    assert.equal(await steps.count(), failure.picture.steps.length);
    assert.ok(await steps.first().isVisible());
    await other.close();
  } finally {
    await silent.close();
  }
});

test('the policy lets no script run, and the strings of an attacker are text', async () => {
  const {page, seen} = await open(browser.context, 'hostile.html');
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator('script, img, iframe, [onerror], [onmouseover]').count(), 0);
  assert.ok((await page.locator('body').innerText()).includes('<script>window.pwned = 1</script>'));
  assert.deepEqual(seen.complaints, []);
  await page.close();
  // The same page with a script smuggled past the writer: the policy alone must stop it.
  writeFileSync(join(folder, 'smuggled.html'),
                text('hostile.html').replace('</body>', '<script>window.pwned = 1</script></body>'));
  await look('smuggled.html', {}, async (smuggled, its) => {
    assert.equal(await smuggled.evaluate(() => window.pwned), undefined);
    assert.match(its.complaints.join(), /Content Security Policy/);
  });
});

test('by keyboard: every control is reached, in order, and is seen to have the focus', async () => {
  await look('failing.html', {}, async page => {
    const wanted = await page.evaluate(
        () => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
            .filter(node => node.checkVisibility()).length);  // not what is folded away
    const reached = [];
    for (let step = 0; step < wanted; ++step) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => {
        const node = document.activeElement;
        node.dataset.reached = '1';
        const style = getComputedStyle(node);
        return {what: node.tagName, ring: style.outlineStyle !== 'none' && style.outlineWidth !== '0px'};
      }));
    }
    assert.equal(await page.locator('[data-reached]').count(), wanted);
    assert.deepEqual(reached.filter(node => !node.ring), []);
    assert.equal(reached[0].what, 'A');
    const summary = page.locator('summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('details').first().evaluate(node => node.open), true);
  });
});

function printed(name, file) {
  return look(name, {}, async page => {
    await page.emulateMedia({media: 'print'});
    await page.pdf({path: join(folder, file), preferCSSPageSize: true});
    return execFileSync('pdftotext', ['-layout', join(folder, file), '-'], {encoding: 'utf8'});
  });
}

test('on paper: A4, everything opened, nothing cut, the short answer on the first page', async () => {
  const paper = await printed('failing.html', 'failing.pdf');
  const results = JSON.parse(text('failing.json'));
  const step = results.scenarios[0].failures[0].picture.steps.at(-1).text;
  assert.ok(paper.includes(step.slice(0, 40)));
  assert.match(paper, /bus\.stored index=/);  // of a table that is folded on the screen
  const info = execFileSync('pdfinfo', [join(folder, 'failing.pdf')], {encoding: 'utf8'});
  assert.match(info, /Page size:\s+59[45]\.\d+ x 84[12]/);

  const review = (await printed('review.html', 'review.pdf')).split('\f');
  assert.match(review[0], /In short/);
  assert.match(review[0], /Supported/);
  assert.match(review[0], /Not tested/);
  const lines = review.findIndex(page => /What failed/.test(page) && !/In short/.test(page));
  assert.ok(lines <= 4, `banner and lines take ${lines + 1} pages`);
  assert.ok(review.length < 16, `${review.length} pages`);

  // An A4 sheet has 703 px between our margins of 12 mm: nothing is wider than that.
  for (const name of ['review.html', 'failing.html', 'sample.html']) {
    await look(name, {width: 703, media: 'print'}, async page => {
      const cut = await page.evaluate(() => [...document.querySelectorAll('table, pre, svg, dl, p')]
          .filter(node => node.getBoundingClientRect().right > 704)
          .map(node => node.parentElement.getAttribute('aria-label') ?? node.className));
      assert.deepEqual(cut, []);
      const colours = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(colours, 'rgb(255, 255, 255)');
    });
  }
});

test('page, Markdown and results.json say the same', async () => {
  const results = JSON.parse(text('review.json'));
  const markdown = text('review.md');
  const thousands = number => number.toLocaleString('en-US');
  await look('review.html', {}, async page => {
    const claims = results.claims.flatMap(claim => [claim, ...claim.parts]);
    assert.ok(claims.some(claim => claim.status === 'supported'));
    for (const claim of claims) {
      const cells = await page.locator(`[id="${claim.id}"] > *`).allInnerTexts();
      assert.equal(cells[0].replace(/\s/g, ''), claim.id);
      assert.equal(cells[1].toLowerCase().slice(2), claim.status);
      assert.ok(cells.at(-1).startsWith(claim.why), claim.id);
      const status = claim.status[0].toUpperCase() + claim.status.slice(1);
      assert.ok(markdown.includes(`(${claim.id})`), claim.id);
      assert.ok(markdown.includes(`**${status}**`), claim.id);
      if (cells.length > 4) {
        assert.equal(cells[4], thousands(claim.effective), claim.id);
        assert.equal(cells[5], thousands(claim.failed), claim.id);
      }
    }
    for (const scenario of results.scenarios) {
      const row = page.getByRole('region', {name: 'Scenarios', exact: true})
          .getByRole('row').filter({has: page.getByRole('rowheader', {name: scenario.name, exact: true})});
      const cells = await row.getByRole('cell').allInnerTexts();
      assert.equal(cells[2], thousands(scenario.runs));
      assert.equal(cells[3], thousands(scenario.effective));
      assert.ok(markdown.includes(`| ${scenario.name} |`));
    }
  });
});

test('a minute is enough: the first screen names the verdict, the next which lines hold and why',
     async () => {
  const results = JSON.parse(text('review.json'));
  await look('review.html', {}, async page => {
    const verdict = await page.locator('.boxes').boundingBox();
    assert.ok(verdict.y + verdict.height < 900);
    const short = (await page.locator('section.group').allInnerTexts()).join('\n');
    for (const claim of results.claims) {
      assert.ok(short.includes(claim.line), claim.id);
    }
    const end = await page.locator('section.group').last().boundingBox();
    assert.ok(end.y + end.height < 2 * 900 + 100, 'more than two screens');
  });
});
