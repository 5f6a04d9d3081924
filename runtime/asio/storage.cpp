#include "runtime/asio/storage.hpp"

#include <condition_variable>
#include <deque>
#include <thread>
#include <vector>

#include "runtime/check.hpp"

namespace stormglass::asio {
namespace {

constexpr std::size_t kThreads = 2;  // so that preparing the next segment delays no sync

struct Job {
    Storage::Request request;
    Directory* directory = nullptr;
};

// ---- on the loop's thread ----

class LoopStorage final : public Storage {
  public:
    void submit(Request request, Directory& directory) override {
        waiting_.push_back({std::move(request), &directory});
    }

    Request take_done() override {
        if (waiting_.empty()) {
            return nullptr;
        }
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        job.directory->perform(*job.request);
        return std::move(job.request);
    }

    bool has_work() const override { return !waiting_.empty(); }

    std::size_t outstanding() const override { return waiting_.size(); }

  private:
    std::deque<Job> waiting_;
};

// ---- on threads of its own ----

class ThreadStorage final : public Storage {
  public:
    explicit ThreadStorage(std::function<void()> wake) : wake_(std::move(wake)) {
        for (std::size_t n = 0; n < kThreads; ++n) {
            threads_.emplace_back([this] { work(); });
        }
    }

    ~ThreadStorage() override {
        {
            const std::lock_guard hold(mutex_);
            ending_ = true;
        }
        wanted_.notify_all();
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

    void submit(Request request, Directory& directory) override {
        ++outstanding_;
        bool start = false;
        {
            const std::lock_guard hold(mutex_);
            waiting_.push_back({std::move(request), &directory});
            start = idle_ > 0 && next() != waiting_.end();
        }
        if (start) {
            wanted_.notify_one();
        }
    }

    Request take_done() override {
        if (taken_.empty()) {
            const std::lock_guard hold(mutex_);
            taken_.swap(done_);
            told_ = !taken_.empty();
        }
        if (taken_.empty()) {
            return nullptr;
        }
        Request request = std::move(taken_.front());
        taken_.pop_front();
        --outstanding_;
        return request;
    }

    bool has_work() const override { return false; }

    std::size_t outstanding() const override { return outstanding_; }

  private:
    static bool alone(const StorageRequest& request) {
        return request.verb == EffectKind::list || request.verb == EffectKind::rename ||
               request.verb == EffectKind::remove;
    }

    // The first that may start: no file has two at work, and nobody passes one who must be alone.
    // Few ever wait: a node has a handful of requests under way.
    std::deque<Job>::iterator next() {
        for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
            const StorageRequest& request = *at->request;
            if (alone(request)) {
                return at == waiting_.begin() && busy_.empty() ? at : waiting_.end();
            }
            const auto same = [&](const StorageRequest* other, const Directory* where) {
                return where == at->directory && other->file == request.file;
            };
            bool free = true;
            for (const auto& [other, where] : busy_) {
                free = free && !alone(*other) && !same(other, where);
            }
            for (auto before = waiting_.begin(); free && before != at; ++before) {
                free = !same(before->request.get(), before->directory);
            }
            if (free) {
                return at;
            }
        }
        return waiting_.end();
    }

    void work() {
        std::unique_lock hold(mutex_);
        while (true) {
            const auto found = next();
            if (found == waiting_.end()) {
                if (ending_ && waiting_.empty()) {
                    return;
                }
                ++idle_;
                wanted_.wait(hold);
                --idle_;
                continue;
            }
            Job job = std::move(*found);
            waiting_.erase(found);
            busy_.emplace_back(job.request.get(), job.directory);
            hold.unlock();
            job.directory->perform(*job.request);
            hold.lock();
            std::erase_if(busy_, [&](const auto& at) { return at.first == job.request.get(); });
            done_.push_back(std::move(job.request));
            const bool tell = !told_;
            told_ = true;
            if (idle_ > 0 && !waiting_.empty()) {
                wanted_.notify_one();
            }
            if (tell) {
                hold.unlock();
                wake_();
                hold.lock();
            }
        }
    }

    std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<Job> waiting_;
    std::vector<std::pair<const StorageRequest*, const Directory*>> busy_;
    std::deque<Request> done_;
    std::size_t idle_ = 0;
    bool told_ = false;  // the loop was woken and has not looked since
    bool ending_ = false;
    std::vector<std::thread> threads_;

    // The loop's.
    std::deque<Request> taken_;
    std::size_t outstanding_ = 0;
};

}  // namespace

std::unique_ptr<Storage> make_storage(StorageMode mode, std::function<void()> wake) {
    switch (mode) {
        case StorageMode::on_loop:
            return std::make_unique<LoopStorage>();
        case StorageMode::on_thread:
            return std::make_unique<ThreadStorage>(std::move(wake));
    }
    CHECK(false);
}

}  // namespace stormglass::asio
